using System.Net;
using System.Net.Sockets;
using GostNet.Internal;

namespace GostNet.Transports.Udp;

/// <summary>Opens UDP sockets that are connected to their target. A name is resolved here, once; its first usable address is taken.</summary>
internal sealed class UdpDialer(NameResolver resolver) : IDatagramDialer
{
    public async ValueTask<IDatagramSocket> DialAsync(HostEndPoint target, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        IPAddress[] addresses = await resolver.ResolveAsync(target, cancellationToken).ConfigureAwait(false);
        SocketException? firstFailure = null;
        foreach (IPAddress address in addresses)
        {
            Socket? socket = null;
            try
            {
                socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
                DescriptorHeadroom.ThrowIfTooLowToDial(socket);
                await socket.ConnectAsync(new IPEndPoint(address, target.Port), cancellationToken).ConfigureAwait(false);
                return new UdpDatagramSocket(socket, target);
            }
            catch (SocketException e)
            {
                firstFailure ??= e;
                socket?.Dispose();
            }
            catch
            {
                socket?.Dispose();
                throw;
            }
        }

        throw firstFailure!.ToDialFailure(target);
    }
}
