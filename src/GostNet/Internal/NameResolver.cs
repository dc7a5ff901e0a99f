using System.Net;
using System.Net.Sockets;

namespace GostNet.Internal;

/// <summary>Turns a host into addresses.</summary>
internal sealed class NameResolver(Func<string, CancellationToken, Task<IPAddress[]>> resolve)
{
    private static readonly IPAddress[] ThisMachine = Socket.OSSupportsIPv6
        ? [IPAddress.Loopback, IPAddress.IPv6Loopback]
        : [IPAddress.Loopback];

    /// <summary>Asks the system.</summary>
    public static NameResolver System { get; } = new(Dns.GetHostAddressesAsync);

    /// <summary>The addresses to try, in order; at least one.</summary>
    /// <exception cref="ForwardException"><see cref="ForwardError.NameNotResolved"/>.</exception>
    public async ValueTask<IPAddress[]> ResolveAsync(HostEndPoint endPoint, CancellationToken cancellationToken)
    {
        if (endPoint.TryGetAddress(out IPAddress? literal))
        {
            return [literal];
        }

        if (endPoint.Host.Length == 0)
        {
            return ThisMachine;
        }

        Exception? failure = null;
        try
        {
            // The system's resolver takes no notice of the token once it has asked, and may wait for minutes.
            IPAddress[] addresses = await resolve(endPoint.Host, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
            if (addresses.Length > 0)
            {
                return addresses;
            }
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            failure = e; // an argument is bad if it is no name at all, or a way to write 0.0.0.0
        }

        throw new ForwardException(
            ForwardError.NameNotResolved, $"{endPoint} cannot be reached: the name '{endPoint.Host}' has no address.", failure)
        {
            Target = endPoint,
            IsTargetFault = true,
        };
    }

    /// <summary>Orders addresses so that the families take turns, beginning with the first address's (RFC 8305, section 4).</summary>
    public static IPAddress[] Interleave(IPAddress[] addresses)
    {
        AddressFamily first = addresses[0].AddressFamily;
        IPAddress[] preferred = Array.FindAll(addresses, a => a.AddressFamily == first);
        IPAddress[] others = Array.FindAll(addresses, a => a.AddressFamily != first);
        var result = new List<IPAddress>(addresses.Length);
        for (int i = 0; i < Math.Max(preferred.Length, others.Length); i++)
        {
            if (i < preferred.Length)
            {
                result.Add(preferred[i]);
            }

            if (i < others.Length)
            {
                result.Add(others[i]);
            }
        }

        return [.. result];
    }
}
