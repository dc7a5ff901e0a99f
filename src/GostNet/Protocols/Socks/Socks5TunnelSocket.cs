using System.Net;
using System.Runtime.CompilerServices;

namespace GostNet.Protocols.Socks;

/// <summary>Datagrams to and from one target through a UDP tunnel of its own.</summary>
internal sealed class Socks5TunnelSocket(Socks5Tunnel tunnel, Socks5Source target) : IDatagramSocket
{
    public EndPoint? LocalEndPoint => null;

    public ValueTask WaitToReceiveAsync(CancellationToken cancellationToken = default) => tunnel.WaitAsync(cancellationToken);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (await tunnel.ReadAsync(cancellationToken).ConfigureAwait(false) is var (address, datagram))
        {
            if (target.Matches(address.Span))
            {
                return DatagramBuffer.Copy(datagram, buffer);
            }
        }

        return -1;
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken = default) =>
        tunnel.SendAsync(target.Target, datagram, cancellationToken);

    public ValueTask DisposeAsync() => tunnel.DisposeAsync();
}
