using System.Net;
using System.Net.Sockets;
using GostNet.Internal;
using GostNet.Tests.Shared;
using GostNet.Transports;

namespace GostNet.Tests.Transports;

public sealed class SocketNetworkTests
{
    private static readonly HostEndPoint AnyLoopbackPort = new("127.0.0.1", 0);

    [Fact]
    public async Task ListenAsync_PortZero_TellsThePortThatWasGiven()
    {
        await using IListener listener = await new SocketNetwork().ListenAsync(AnyLoopbackPort);

        Assert.NotEqual(0, ((IPEndPoint)listener.LocalEndPoint).Port);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task ListenAsync_EmptyHost_TakesBothFamilies(string address)
    {
        var network = new SocketNetwork();
        await using IListener listener = await network.ListenAsync(new HostEndPoint("", 0));
        int port = ((IPEndPoint)listener.LocalEndPoint).Port;

        Task<IConnection?> accepting = listener.AcceptAsync().AsTask();
        await using IConnection dialed = await network.Dialer.DialAsync(new HostEndPoint(address, port)).OrFail();
        await using IConnection? accepted = await accepting.OrFail();
        Assert.NotNull(accepted);
    }

    [Fact]
    public async Task ListenAsync_PortIsTaken_SaysWhereAndWhy()
    {
        var network = new SocketNetwork();
        await using IListener first = await network.ListenAsync(AnyLoopbackPort);

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(
            () => network.ListenAsync((IPEndPoint)first.LocalEndPoint).AsTask());
        Assert.Contains(first.LocalEndPoint.ToString()!, e.Message, StringComparison.Ordinal);
        Assert.Contains("another program listens there", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListenDatagramsAsync_PortIsTaken_SaysWhereAndWhy()
    {
        var network = new SocketNetwork();
        await using IDatagramListener first = await network.ListenDatagramsAsync(AnyLoopbackPort);

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(
            () => network.ListenDatagramsAsync((IPEndPoint)first.LocalEndPoint).AsTask());
        Assert.Contains("another program listens there", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AcceptAsync_ListenerIsClosedMeanwhile_GivesNull()
    {
        IListener listener = await new SocketNetwork().ListenAsync(AnyLoopbackPort);
        Task<IConnection?> accepting = listener.AcceptAsync().AsTask();
        await listener.DisposeAsync();

        Assert.Null(await accepting.OrFail());
        Assert.Null(await listener.AcceptAsync().OrFail());
    }

    [Fact]
    public async Task AcceptAsync_Connection_HasNoDelayAndKeepAlive()
    {
        var network = new SocketNetwork(new() { KeepAliveTime = TimeSpan.FromSeconds(77) });
        await using IListener listener = await network.ListenAsync(AnyLoopbackPort);
        Task<IConnection?> accepting = listener.AcceptAsync().AsTask();
        await using IConnection dialed = await network.Dialer.DialAsync((IPEndPoint)listener.LocalEndPoint);
        await using IConnection? accepted = await accepting.OrFail();

        foreach (IConnection connection in new[] { dialed, accepted! })
        {
            Assert.True(connection.TryGetSocket(out Socket? socket));
            Assert.True(socket.NoDelay);
            Assert.Equal(77, socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime));
            Assert.NotEqual(0, socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive));
        }
    }

    [Fact]
    public async Task DialAsync_NothingListens_IsRefusedAndTheTargetsFault()
    {
        HostEndPoint closed = await ClosedPortAsync();

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(
            () => new SocketNetwork().Dialer.DialAsync(closed).AsTask().OrFail());
        Assert.Equal(ForwardError.ConnectionRefused, e.Error);
        Assert.True(e.IsTargetFault);
        Assert.Equal(closed, e.Target);
        Assert.Contains(closed.ToString(), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DialAsync_NameWithoutAddress_SaysSo()
    {
        var network = new SocketNetwork(new() { Resolve = (_, _) => throw new SocketException((int)SocketError.HostNotFound) });

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(
            () => network.Dialer.DialAsync(new HostEndPoint("nowhere.test", 80)).AsTask());
        Assert.Equal(ForwardError.NameNotResolved, e.Error);
        Assert.True(e.IsTargetFault);
        Assert.Contains("nowhere.test", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DialAsync_NameThatTheSystemRefusesToLookUp_HasNoAddress()
    {
        // The resolver takes "0" for 0.0.0.0, which it refuses as an argument.
        ForwardException e = await Assert.ThrowsAsync<ForwardException>(
            () => new SocketNetwork().Dialer.DialAsync(new HostEndPoint("0", 80)).AsTask().OrFail());
        Assert.Equal(ForwardError.NameNotResolved, e.Error);
    }

    [Fact]
    public async Task DialAsync_CancelledWhileTheResolverIsDeaf_EndsAtOnce()
    {
        var never = new TaskCompletionSource<IPAddress[]>();
        var network = new SocketNetwork(new() { Resolve = (_, _) => never.Task });
        using var stop = new CancellationTokenSource();
        Task<IConnection> dialing = network.Dialer.DialAsync(new HostEndPoint("name", 80), stop.Token).AsTask();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dialing.OrFail());
    }

    [Fact]
    public async Task ListenAsync_NameWithoutAddress_SaysSoOfListening()
    {
        var network = new SocketNetwork(new() { Resolve = (_, _) => throw new SocketException((int)SocketError.HostNotFound) });

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(
            () => network.ListenAsync(new HostEndPoint("nowhere.test", 80)).AsTask());
        Assert.Equal(ForwardError.NameNotResolved, e.Error);
        Assert.Equal("Cannot listen on TCP nowhere.test:80: the name has no address.", e.Message);
    }

    [Theory]
    [InlineData(SocketError.TooManyOpenSockets, ForwardError.LocalResources)]
    [InlineData(SocketError.NoBufferSpaceAvailable, ForwardError.LocalResources)]
    [InlineData(SocketError.AddressNotAvailable, ForwardError.LocalResources)]
    [InlineData(SocketError.ConnectionRefused, ForwardError.ConnectionRefused)]
    [InlineData(SocketError.HostUnreachable, ForwardError.HostUnreachable)]
    [InlineData(SocketError.NetworkUnreachable, ForwardError.NetworkUnreachable)]
    [InlineData(SocketError.TimedOut, ForwardError.TimedOut)]
    [InlineData(SocketError.MessageSize, ForwardError.DatagramTooLarge)]
    public void ToDialFailure_OfASocketError_BlamesTheTargetUnlessThisMachineLacksSomething(SocketError error, ForwardError expected)
    {
        ForwardException e = new SocketException((int)error).ToDialFailure(new HostEndPoint("t", 1));
        Assert.Equal(expected, e.Error);
        Assert.Equal(expected != ForwardError.LocalResources, e.IsTargetFault);
    }

    [Fact]
    public async Task DialAsync_SameNameTwice_ResolvesItTwice()
    {
        int lookups = 0;
        var network = new SocketNetwork(new()
        {
            Resolve = (_, _) =>
            {
                lookups++;
                return Task.FromResult<IPAddress[]>([IPAddress.Loopback]);
            },
        });
        HostEndPoint closed = await ClosedPortAsync();
        for (int i = 0; i < 2; i++)
        {
            await Assert.ThrowsAsync<ForwardException>(() => network.Dialer.DialAsync(new HostEndPoint("name", closed.Port)).AsTask());
        }

        Assert.Equal(2, lookups);
    }

    [Fact]
    public async Task DialAsync_FirstAddressRefuses_TriesTheNextWithoutDelay()
    {
        // The clock stands still: were the second attempt to wait for the attempt delay, this would never end.
        var network = new SocketNetwork(new() { Resolve = Resolve(IPAddress.IPv6Loopback, IPAddress.Loopback) }, new ManualTimeProvider());
        await using IListener listener = await network.ListenAsync(AnyLoopbackPort);

        await using IConnection connection = await network.Dialer
            .DialAsync(new HostEndPoint("name", ((IPEndPoint)listener.LocalEndPoint).Port)).OrFail();
        Assert.Equal(listener.LocalEndPoint, connection.RemoteEndPoint);
    }

    [Fact]
    public async Task DialAsync_FirstAddressIsSilent_TriesTheNextBesideItAfterTheDelay()
    {
        var time = new ManualTimeProvider();
        using var silent = new SilentListener();
        IPEndPoint silentEnd = silent.EndPoint;
        var network = new SocketNetwork(new() { Resolve = Resolve(silentEnd.Address, IPAddress.Loopback) }, time);
        await using IListener listener = await network.ListenAsync(new HostEndPoint("127.0.0.1", silentEnd.Port));

        Task<IConnection> dialing = network.Dialer.DialAsync(new HostEndPoint("name", silentEnd.Port)).AsTask();
        await time.WaitForTimersAsync(1).OrFail();
        Assert.False(dialing.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(250));

        await using IConnection connection = await dialing.OrFail();
        Assert.Equal(IPAddress.Loopback, ((IPEndPoint)connection.RemoteEndPoint!).Address);
    }

    [Fact]
    public async Task DialAsync_AllAddressesRefuse_ReportsThePreferredOne()
    {
        var network = new SocketNetwork(new() { Resolve = Resolve(IPAddress.Loopback, IPAddress.Parse("127.0.0.2")) });

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(
            async () => await network.Dialer.DialAsync(new HostEndPoint("name", (await ClosedPortAsync()).Port)).OrFail());
        Assert.Equal(ForwardError.ConnectionRefused, e.Error);
    }

    [Fact]
    public async Task DialAsync_Cancelled_EndsAtOnce()
    {
        using var silent = new SilentListener();
        using var stop = new CancellationTokenSource();
        Task<IConnection> dialing = new SocketNetwork().Dialer.DialAsync(silent.EndPoint, stop.Token).AsTask();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dialing.OrFail());
    }

    [Fact]
    public void Interleave_MixedFamilies_TakesTurnsFromTheFirst()
    {
        IPAddress[] mixed = [IPAddress.Parse("::1"), IPAddress.Parse("::2"), IPAddress.Parse("::3"), IPAddress.Parse("1.1.1.1")];

        Assert.Equal(
            ["::1", "1.1.1.1", "::2", "::3"],
            NameResolver.Interleave(mixed).Select(a => a.ToString()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1472)]
    [InlineData(65507)]
    public async Task Datagrams_OfAnySize_ArriveWhole(int size)
    {
        var network = new SocketNetwork();
        await using IDatagramListener listener = await network.ListenDatagramsAsync(AnyLoopbackPort);
        await using IDatagramSocket socket = await network.DatagramDialer.DialAsync((IPEndPoint)listener.LocalEndPoint);
        byte[] sent = new byte[size];
        Random.Shared.NextBytes(sent);
        byte[] buffer = new byte[65536];
        SocketAddress source = listener.CreateAddress();

        await socket.SendAsync(sent).OrFail();
        int received = await listener.ReceiveFromAsync(buffer, source).OrFail();
        Assert.Equal(sent, buffer[..received]);
        Assert.Equal(socket.LocalEndPoint, listener.GetEndPoint(source));

        await listener.SendToAsync(sent, source).OrFail();
        await socket.WaitToReceiveAsync().OrFail();
        received = await socket.ReceiveAsync(buffer).OrFail();
        Assert.Equal(sent, buffer[..received]);
    }

    [Fact]
    public async Task WaitToReceiveAsync_NothingListens_IsRefused()
    {
        var network = new SocketNetwork();
        IDatagramListener gone = await network.ListenDatagramsAsync(AnyLoopbackPort);
        await gone.DisposeAsync();
        await using IDatagramSocket socket = await network.DatagramDialer.DialAsync((IPEndPoint)gone.LocalEndPoint);
        await socket.SendAsync(new byte[] { 1 });

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => socket.WaitToReceiveAsync().OrFail());
        Assert.Equal(ForwardError.ConnectionRefused, e.Error);
        Assert.True(e.IsTargetFault);
    }

    [Fact]
    public async Task SendAsync_TooLarge_SaysSoAndTheSocketLives()
    {
        var network = new SocketNetwork();
        await using IDatagramListener listener = await network.ListenDatagramsAsync(AnyLoopbackPort);
        await using IDatagramSocket socket = await network.DatagramDialer.DialAsync((IPEndPoint)listener.LocalEndPoint);

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => socket.SendAsync(new byte[65508]).OrFail());
        Assert.Equal(ForwardError.DatagramTooLarge, e.Error);
        Assert.False(e.IsTargetFault);
        await socket.SendAsync(new byte[] { 1 }).OrFail();
        Assert.Equal(1, await listener.ReceiveFromAsync(new byte[16], listener.CreateAddress()).OrFail());
    }

    [Fact]
    public async Task ReceiveAsync_SocketIsClosedMeanwhile_GivesMinusOne()
    {
        var network = new SocketNetwork();
        await using IDatagramListener listener = await network.ListenDatagramsAsync(AnyLoopbackPort);
        IDatagramSocket socket = await network.DatagramDialer.DialAsync((IPEndPoint)listener.LocalEndPoint);
        Task waiting = socket.WaitToReceiveAsync().AsTask();
        Task<int> listening = listener.ReceiveFromAsync(new byte[16], listener.CreateAddress()).AsTask();
        await socket.DisposeAsync();
        await listener.DisposeAsync();

        await waiting.OrFail();
        Assert.Equal(-1, await socket.ReceiveAsync(new byte[16]).OrFail());
        Assert.Equal(-1, await listening.OrFail());
    }

    private static Func<string, CancellationToken, Task<IPAddress[]>> Resolve(params IPAddress[] addresses) =>
        (_, _) => Task.FromResult(addresses);

    private static async Task<HostEndPoint> ClosedPortAsync()
    {
        await using IListener listener = await new SocketNetwork().ListenAsync(AnyLoopbackPort);
        return (IPEndPoint)listener.LocalEndPoint;
    }

    /// <summary>A listener whose backlog is full, so that connecting to it gets no answer.</summary>
    private sealed class SilentListener : IDisposable
    {
        private readonly List<Socket> _sockets = [];

        public SilentListener()
        {
            Socket listener = Create();
            listener.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.3"), 0));
            listener.Listen(0);
            EndPoint = (IPEndPoint)listener.LocalEndPoint!;
            Socket filler;
            do
            {
                filler = Create();
                filler.Blocking = false;
                try
                {
                    filler.Connect(EndPoint);
                }
                catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
                {
                    // Connecting. Over loopback it is done at once, unless the backlog is full.
                }
            }
            while (filler.Poll(TimeSpan.FromMilliseconds(50), SelectMode.SelectWrite));
        }

        public IPEndPoint EndPoint { get; }

        public void Dispose() => _sockets.ForEach(s => s.Dispose());

        private Socket Create()
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _sockets.Add(socket);
            return socket;
        }
    }
}
