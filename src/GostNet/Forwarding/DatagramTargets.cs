using System.Net;
using System.Net.Sockets;

namespace GostNet.Forwarding;

/// <summary>Where the datagrams of a proxy server's clients go.</summary>
internal static class DatagramTargets
{
    /// <summary>Finds an address of a target that a port can send to.</summary>
    public static async ValueTask<IPEndPoint> ResolveAsync(
        INetwork reach, IDatagramListener port, HostEndPoint target, CancellationToken cancellationToken)
    {
        IPAddress[] addresses = await reach.ResolveAsync(target, cancellationToken).ConfigureAwait(false);
        bool isIPv4 = port.LocalEndPoint is IPEndPoint { AddressFamily: AddressFamily.InterNetwork };
        IPAddress? address = isIPv4 ? Array.Find(addresses, a => a.AddressFamily == AddressFamily.InterNetwork) : null;
        return new IPEndPoint(address ?? addresses[0], target.Port);
    }
}
