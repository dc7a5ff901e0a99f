using System.Buffers;
using System.Net;
using System.Runtime.CompilerServices;
using GostNet.Protocols.Socks;

namespace GostNet.Protocols.Shadowsocks;

/// <summary>Datagrams to and from one target through a Shadowsocks server (proxies, section 5.5).</summary>
/// <param name="server">A socket to the server, which it owns.</param>
/// <param name="key">The key.</param>
/// <param name="target">The target.</param>
internal sealed class ShadowsocksDatagramSocket(IDatagramSocket server, ShadowsocksKey key, Socks5Source target) : IDatagramSocket
{
    private const int BufferSize = 65_535;

    public EndPoint? LocalEndPoint => server.LocalEndPoint;

    public ValueTask WaitToReceiveAsync(CancellationToken cancellationToken = default) => server.WaitToReceiveAsync(cancellationToken);

    /// <remarks>What is not the server's, or not the target's, is dropped.</remarks>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            await server.WaitToReceiveAsync(cancellationToken).ConfigureAwait(false);
            byte[] packet = ArrayPool<byte>.Shared.Rent(BufferSize);
            try
            {
                int size = await server.ReceiveAsync(packet, cancellationToken).ConfigureAwait(false);
                if (size < 0)
                {
                    return -1;
                }

                int start = key.Method.SaltSize;
                if (ShadowsocksDatagramCodec.TryOpen(key, packet.AsSpan(0, size), out int addressLength, out int length)
                    && target.Matches(packet.AsSpan(start, addressLength)))
                {
                    return DatagramBuffer.Copy(packet.AsMemory((start + addressLength)..(start + length)), buffer);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(packet);
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken = default)
    {
        int start = key.Method.SaltSize;
        int size = key.Overhead + target.Target.Length + datagram.Length;
        byte[] packet = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            target.Target.CopyTo(packet.AsSpan(start));
            datagram.Span.CopyTo(packet.AsSpan(start + target.Target.Length));
            ShadowsocksDatagramCodec.Seal(key, packet.AsSpan(0, size));
            await server.SendAsync(packet.AsMemory(0, size), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(packet);
        }
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
