using System.Net;
using GostNet.Transports;

namespace GostNet.Tests.Relaying;

/// <summary>Two ends of a TCP connection over loopback: the one that was accepted, and the one that dialled.</summary>
internal sealed record LoopbackPair(IConnection Accepted, IConnection Dialed) : IAsyncDisposable
{
    public static async Task<LoopbackPair> CreateAsync()
    {
        var network = new SocketNetwork();
        await using IListener listener = await network.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0));
        Task<IConnection?> accepting = listener.AcceptAsync().AsTask();
        IConnection dialed = await network.Dialer.DialAsync((IPEndPoint)listener.LocalEndPoint);
        return new LoopbackPair((await accepting)!, dialed);
    }

    public async ValueTask DisposeAsync()
    {
        await Accepted.DisposeAsync();
        await Dialed.DisposeAsync();
    }
}
