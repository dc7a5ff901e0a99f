using System.Net.Security;
using System.Security.Authentication;
using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Transports.Tls;

namespace GostNet.Tests.Transports.Tls;

public class TlsConnectionTests
{
    [Fact]
    public async Task Stream_BothWays_CarriesBytes()
    {
        TlsPair pair = await TlsPair.ConnectAsync();
        byte[] large = new byte[300_000];
        Random.Shared.NextBytes(large);

        Task sent = pair.Client.SendAndEndAsync(large);
        byte[] received = await pair.Server.ReadToEndAsync().OrFail();
        await sent.OrFail();
        await pair.Server.SendAndEndAsync([1, 2, 3]).OrFail();

        Assert.Equal(large, received);
        Assert.Equal([1, 2, 3], await pair.Client.ReadToEndAsync().OrFail());
    }

    [Fact]
    public async Task CompleteWritesAsync_OneSide_LeavesTheOtherDirectionAndTheCarrierOpen()
    {
        TlsPair pair = await TlsPair.ConnectAsync();

        await pair.Client.CompleteWritesAsync().OrFail();
        await pair.Client.CompleteWritesAsync().OrFail();
        Assert.Equal(0, await pair.Server.Stream.ReadAsync(new byte[1]).OrFail());
        await pair.Server.Stream.WriteAsync("answer"u8.ToArray()).OrFail();

        Assert.Equal("answer"u8.ToArray(), await pair.Client.ReadAsync(6).OrFail());
        Assert.False(pair.ClientCarrier.WritesCompleted);
    }

    [Fact]
    public async Task CompleteWritesAsync_WhileReading_HarmsNeither()
    {
        byte[] data = new byte[100_000];
        Random.Shared.NextBytes(data);
        for (int i = 0; i < 50; i++)
        {
            TlsPair pair = await TlsPair.ConnectAsync();
            Task sent = Task.Run(() => pair.Server.SendAndEndAsync(data));
            Task<byte[]> received = Task.Run(() => pair.Client.ReadToEndAsync());

            await pair.Client.CompleteWritesAsync().OrFail();

            Assert.Equal(data, await received.OrFail());
            await sent.OrFail();
            Assert.Equal(0, await pair.Server.Stream.ReadAsync(new byte[1]).OrFail());
        }
    }

    [Fact]
    public async Task Read_CarrierEndsAtARecord_IsTheEndOfTheStream()
    {
        TlsPair pair = await TlsPair.ConnectAsync();
        await pair.Server.Stream.WriteAsync("last words"u8.ToArray()).OrFail();

        await pair.ServerCarrier.CompleteWritesAsync().OrFail(); // as GOST does, without close_notify

        Assert.Equal("last words"u8.ToArray(), await pair.Client.ReadToEndAsync().OrFail());
    }

    [Fact]
    public async Task Read_CarrierEndsWithinARecord_Fails()
    {
        TlsPair pair = await TlsPair.ConnectAsync();
        await pair.ServerCarrier.Stream.WriteAsync(new byte[] { 23, 3, 3, 0, 100, 1, 2, 3 }).OrFail();
        await pair.ServerCarrier.CompleteWritesAsync().OrFail();

        await Assert.ThrowsAsync<IOException>(() => pair.Client.ReadToEndAsync().OrFail());
    }

    [Fact]
    public async Task Read_Rubbish_IsAnIOException()
    {
        TlsPair pair = await TlsPair.ConnectAsync();
        await pair.ServerCarrier.Stream.WriteAsync(new byte[] { 23, 3, 3, 0, 3, 1, 2, 3 }).OrFail();

        await Assert.ThrowsAsync<IOException>(() => pair.Client.ReadToEndAsync().OrFail());
    }

    [Fact]
    public async Task Read_IntoNothing_WaitsForData()
    {
        TlsPair pair = await TlsPair.ConnectAsync();
        await pair.Server.Stream.WriteAsync(new byte[1]).OrFail();
        await pair.Client.ReadAsync(1).OrFail(); // whatever the handshake left behind is read with it

        Task<int> wait = pair.Client.Stream.ReadAsync(Memory<byte>.Empty).AsTask();
        Assert.False(wait.IsCompleted);
        await pair.Server.Stream.WriteAsync("now"u8.ToArray()).OrFail();

        Assert.Equal(0, await wait.OrFail());
        Assert.Equal("now"u8.ToArray(), await pair.Client.ReadAsync(3).OrFail());
    }

    [Fact]
    public async Task Read_Cancelled_LosesNothing()
    {
        TlsPair pair = await TlsPair.ConnectAsync();
        using CancellationTokenSource stop = new();
        Task<int> read = pair.Client.Stream.ReadAsync(new byte[10], stop.Token).AsTask();

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.OrFail());
        await pair.Server.SendAndEndAsync("all of it"u8.ToArray()).OrFail();

        Assert.Equal("all of it"u8.ToArray(), await pair.Client.ReadToEndAsync().OrFail());
    }

    [Fact]
    public async Task Abort_WhileReading_EndsBothSides()
    {
        TlsPair pair = await TlsPair.ConnectAsync();
        Task<int> read = pair.Client.Stream.ReadAsync(new byte[10]).AsTask();

        pair.Client.Abort();

        await Assert.ThrowsAnyAsync<IOException>(() => read.OrFail());
        await Assert.ThrowsAnyAsync<IOException>(() => pair.Server.Stream.ReadAsync(new byte[1]).OrFail());
        Assert.True(pair.ClientCarrier.IsAborted);
    }

    [Fact]
    public async Task TryGetSocket_Always_IsRefused() => Assert.False((await TlsPair.ConnectAsync()).Client.TryGetSocket(out _));

    [Fact]
    public async Task DisposeAsync_Open_SaysGoodbyeFirst()
    {
        TlsPair pair = await TlsPair.ConnectAsync();
        await pair.Client.Stream.WriteAsync(new byte[1]).OrFail();
        await pair.Server.ReadAsync(1).OrFail();

        await pair.Client.DisposeAsync().OrFail();
        await pair.Client.DisposeAsync().OrFail();

        using MemoryStream rest = new();
        await pair.ServerCarrier.Stream.CopyToAsync(rest).OrFail();
        Assert.NotEqual(0, rest.Length); // close_notify
        Assert.True(pair.ClientCarrier.IsDisposed);
    }

    [Fact]
    public async Task DisposeAsync_PeerTakesNothing_EndsAfterItsTime()
    {
        ManualTimeProvider time = new();
        TlsPair pair = await TlsPair.ConnectAsync(time);
        using CancellationTokenSource full = new();
        Task write = Task.CompletedTask;
        while (write.IsCompleted)
        {
            // Fill the carrier, behind TLS's back: what is said goodbye with then has no room.
            write = pair.ClientCarrier.Stream.WriteAsync(new byte[1024], full.Token).AsTask();
        }

        await full.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write.OrFail());

        Task disposal = pair.Client.DisposeAsync().AsTask();
        await time.WaitForTimersAsync(1).OrFail();
        Assert.False(disposal.IsCompleted);
        time.Advance(TlsConnection.CloseTimeout);

        await disposal.OrFail();
        Assert.True(pair.ClientCarrier.IsDisposed);
    }

    [Fact]
    public async Task StartAsync_NoTlsAtTheOtherEnd_IsTlsFailed()
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        await far.Stream.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());

        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => TlsSides.Client().StartAsync(near, default).OrFail());

        Assert.Equal(ForwardError.TlsFailed, failure.Error);
        Assert.False(near.IsDisposed, "The connection is the caller's until there is TLS.");
    }

    [Fact]
    public async Task StartAsync_ServerCloses_IsConnectionClosed()
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        await far.CompleteWritesAsync();

        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => TlsSides.Client().StartAsync(near, default).OrFail());

        Assert.Equal(ForwardError.ConnectionClosed, failure.Error);
    }

    [Fact]
    public async Task StartAsync_Cancelled_Ends()
    {
        (InMemoryConnection near, _) = InMemoryConnection.CreatePair();
        using CancellationTokenSource stop = new();
        Task<IConnection> connect = TlsSides.Client().StartAsync(near, stop.Token).AsTask();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connect.OrFail());
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", ForwardError.TlsFailed)]
    [InlineData("", ForwardError.ConnectionClosed)]
    public async Task StartAsync_NoHello_Fails(string sent, ForwardError error)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        await far.SendAndEndAsync(System.Text.Encoding.ASCII.GetBytes(sent));

        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(
            () => TlsSides.Server().StartAsync(near, default).OrFail());

        Assert.Equal(error, failure.Error);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task StartAsync_WithinSocks_TellsNoName(SslProtocols version)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        TlsClient client = new(new() { Verify = false }, "secret.example", sendsName: false, TimeProvider.System);
        Task<IConnection> connect = client.StartAsync(near, default).AsTask();
        await using SslStream server = new(far.Stream);
        string? name = null;

        await server.AuthenticateAsServerAsync((_, hello, _, _) =>
        {
            name = hello.ServerName;
            return new(new SslServerAuthenticationOptions { ServerCertificate = TestCertificates.Server, EnabledSslProtocols = version });
        }, null).OrFail();

        await connect.OrFail();
        Assert.Equal("", name);
    }
}
