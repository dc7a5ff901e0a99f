using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Transports.Http2;

namespace GostNet.Tests.Transports.Http2;

/// <summary>Two sessions, one at each end of a connection.</summary>
internal sealed class Http2Pair : IAsyncDisposable
{
    public static readonly RequestHead Connect = new() { Method = "CONNECT", Authority = "node.test:443" };

    public Http2Pair(Http2Profile? client = null, Http2Profile? server = null, int bufferSize = 64 * 1024)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair(bufferSize: bufferSize);
        Client = Http2Session.Start(near, client ?? Http2Profile.OfClient(Connect), Clock);
        Server = new Http2ServerSession(far, server ?? Http2Profile.OfServer(acceptsTunnels: true), Clock);
    }

    public ManualTimeProvider Clock { get; } = new();

    public Http2Session Client { get; }

    public Http2ServerSession Server { get; }

    /// <summary>A stream that the client opened, from both ends. Not to be called concurrently.</summary>
    public async Task<(IConnection Client, IConnection Server)> OpenAsync()
    {
        IConnection client = await Client.OpenAsync().OrFail();
        return (client, Assert.IsType<Http2Connection>(await (await Server.Session).AcceptAsync().OrFail()));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Abort();
        Http2Session server = await Server.Session.OrFail();
        server.Abort();
        await Client.DisposeAsync();
        await server.DisposeAsync();
    }
}
