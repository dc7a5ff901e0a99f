using System.Net;
using GostNet.Protocols;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols.Socks;

/// <summary>A client of a proxy server that does with the connection what the caller of a server has to do.</summary>
internal sealed class ServedClient : IAsyncDisposable
{
    /// <summary>Where the server is, as its clients see it.</summary>
    public static readonly IPEndPoint Server = new(IPAddress.Loopback, 20090);

    private readonly CancellationTokenSource _stop = new();
    private bool _isDisposed;

    public ServedClient(IProxyServer server, IProxyHost host, IPEndPoint? from = null, IPEndPoint? to = null)
    {
        (Connection, InMemoryConnection far) =
            InMemoryConnection.CreatePair(from ?? new IPEndPoint(IPAddress.Loopback, 45678), to ?? Server);
        Far = far;
        Serving = ServeAsync(server, host, far);
    }

    /// <summary>The client's end.</summary>
    public InMemoryConnection Connection { get; }

    /// <summary>The server's end.</summary>
    public InMemoryConnection Far { get; }

    /// <summary>Ends as the serving does.</summary>
    public Task Serving { get; }

    public async Task SendAsync(string hex) => await SendAsync(ScriptedPeer.Hex(hex));

    public async Task SendAsync(byte[] bytes) => await Connection.Stream.WriteAsync(bytes);

    public Task<byte[]> ReceiveAsync(int count) => Connection.ReadAsync(count).OrFail();

    public async Task ExpectAsync(string hex)
    {
        byte[] expected = ScriptedPeer.Hex(hex);
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(await ReceiveAsync(expected.Length)));
    }

    /// <summary>Says something and checks the answer.</summary>
    public async Task AskAsync(string hex, string answer)
    {
        await SendAsync(hex);
        await ExpectAsync(answer);
    }

    /// <summary>Nothing more comes, in order or by a reset.</summary>
    public async Task ExpectEndAsync()
    {
        try
        {
            Assert.Empty(await Connection.ReadToEndAsync().OrFail());
        }
        catch (IOException)
        {
            // A reset is an end, too.
        }
    }

    /// <summary>The stream ends, the client closes its side, and the server gives the reason.</summary>
    public async Task ExpectRefusalAsync(ForwardError error)
    {
        Assert.Empty(await Connection.ReadToEndAsync().OrFail()); // in order: what came before it can be read
        await Connection.DisposeAsync();
        Assert.Equal(error, (await Assert.ThrowsAsync<ForwardException>(() => Serving.OrFail())).Error);
    }

    /// <summary>The connection ends without a byte, and the server gives the reason.</summary>
    public async Task ExpectCloseAsync(ForwardError error)
    {
        await ExpectEndAsync();
        Assert.Equal(error, (await Assert.ThrowsAsync<ForwardException>(() => Serving.OrFail())).Error);
    }

    public async ValueTask DisposeAsync()
    {
        Connection.Abort(); // ends relays, too
        await Connection.DisposeAsync();
        if (!_isDisposed)
        {
            _isDisposed = true;
            await _stop.CancelAsync();
            _stop.Dispose();
        }

        await ((Task)Serving.OrFail()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Assert.True(Serving.IsCompleted, "The server goes on although its client has gone.");
    }

    private async Task ServeAsync(IProxyServer server, IProxyHost host, InMemoryConnection far)
    {
        try
        {
            await server.ServeAsync(far, host, _stop.Token);
        }
        catch
        {
            far.Abort();
            throw;
        }
        finally
        {
            await far.DisposeAsync();
        }
    }
}
