using System.Buffers;
using System.Net;
using System.Runtime.CompilerServices;

namespace GostNet.Protocols.Shadowsocks;

/// <summary>A port that Shadowsocks datagrams arrive at. What it receives and sends begins with an address, from ATYP to port: the target
/// on the way from the client, the source on the way to it (proxies, section 5.5).</summary>
/// <remarks>What nobody with the key has sent, at least now, is dropped and counted, and nothing comes of it: no flow, no answer, no
/// end.</remarks>
/// <param name="port">The port, which it owns.</param>
/// <param name="key">The key.</param>
/// <param name="filter">Knows what came before with this key, by whatever way.</param>
/// <param name="dropped">Told of each datagram that is dropped, with its size and why.</param>
internal sealed class ShadowsocksDatagramListener(
    IDatagramListener port, ShadowsocksKey key, ShadowsocksReplayFilter filter, Action<int, string> dropped) : IDatagramListener
{
    public EndPoint LocalEndPoint => port.LocalEndPoint;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReceiveFromAsync(
        Memory<byte> buffer, SocketAddress source, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            int size = await port.ReceiveFromAsync(buffer, source, cancellationToken).ConfigureAwait(false);
            if (size < 0 || TryOpen(buffer.Span[..size], out size))
            {
                return size;
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendToAsync(
        ReadOnlyMemory<byte> datagram, SocketAddress destination, CancellationToken cancellationToken = default)
    {
        int size = key.Overhead + datagram.Length;
        byte[] packet = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            datagram.Span.CopyTo(packet.AsSpan(key.Method.SaltSize));
            ShadowsocksDatagramCodec.Seal(key, packet.AsSpan(0, size));
            await port.SendToAsync(packet.AsMemory(0, size), destination, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(packet);
        }
    }

    public SocketAddress CreateAddress() => port.CreateAddress();

    public EndPoint GetEndPoint(SocketAddress address) => port.GetEndPoint(address);

    public SocketAddress GetAddress(IPEndPoint endPoint) => port.GetAddress(endPoint);

    public ValueTask DisposeAsync() => port.DisposeAsync();

    private bool TryOpen(Span<byte> packet, out int length)
    {
        int start = key.Method.SaltSize;
        string? problem = !ShadowsocksDatagramCodec.TryOpen(key, packet, out int addressLength, out length)
                ? "it is not encrypted with the key, or begins with no address"
            : packet.Slice(start, addressLength) is [.., 0, 0] or [3, 0, ..] ? "it has no target"
            : !filter.TryAdd(packet[..start]) ? "its salt or IV was used before"
            : null;
        if (problem is not null)
        {
            dropped(packet.Length, problem);
            return false;
        }

        packet.Slice(start, length).CopyTo(packet);
        return true;
    }
}
