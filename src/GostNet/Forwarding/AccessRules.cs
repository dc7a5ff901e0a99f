using System.Net;
using GostNet.Internal;

namespace GostNet.Forwarding;

/// <summary>What the clients of a proxy server may ask for: what the whitelist has, if there is one, and the blacklist has not (gost-nodes,
/// section 5.5).</summary>
/// <remarks>A host is looked for under all the names it goes by without being resolved: an address however it is written, this machine as
/// <c>localhost</c>, as 127.0.0.1 and as ::1, a name with or without the root's dot and in Unicode or ASCII. Else a rule would be passed by
/// writing its host in another way.</remarks>
internal sealed class AccessRules(PermissionList? whitelist, PermissionList? blacklist)
{
    /// <summary>To be connected to a target.</summary>
    public const string Connect = "tcp";

    /// <summary>To exchange datagrams with a target.</summary>
    public const string Datagrams = "udp";

    /// <summary>To listen for connections.</summary>
    public const string Listen = "rtcp";

    /// <summary>To listen for datagrams, and to exchange them with whoever is there.</summary>
    public const string ListenDatagrams = "rudp";

    private static readonly string[] EveryInterface = ["0.0.0.0", "::"];
    private static readonly string[] ThisMachine = ["localhost", "127.0.0.1", "::1"];

    /// <summary>Demands that something is allowed.</summary>
    /// <exception cref="ForwardException"><see cref="ForwardError.Forbidden"/>: it is not.</exception>
    public void Demand(string action, HostEndPoint target)
    {
        string[] names = NamesOf(action, target);
        if (whitelist?.Contains(action, names, target.Port) == false || blacklist?.Contains(action, names, target.Port) == true)
        {
            throw Forbidden(action, target);
        }
    }

    /// <summary>Demands that something is not on the blacklist, where the whitelist has been asked about more than that.</summary>
    /// <exception cref="ForwardException"><see cref="ForwardError.Forbidden"/>: it is.</exception>
    public void DemandNotForbidden(string action, HostEndPoint target)
    {
        if (blacklist?.Contains(action, NamesOf(action, target), target.Port) == true)
        {
            throw Forbidden(action, target);
        }
    }

    /// <summary>Demands that there is a target with which something is allowed.</summary>
    /// <exception cref="ForwardException"><see cref="ForwardError.Forbidden"/>: there is none.</exception>
    public void DemandPossible(string action)
    {
        if (whitelist?.Mentions(action) == false || blacklist?.ContainsAll(action) == true)
        {
            throw new ForwardException(ForwardError.Forbidden, $"The rules do not allow '{action}' with anybody.");
        }
    }

    private static ForwardException Forbidden(string action, HostEndPoint target) =>
        new(ForwardError.Forbidden, $"The rules do not allow '{action}' with {target}.") { Target = target };

    private static string[] NamesOf(string action, HostEndPoint target)
    {
        string host = target.Host.TrimEnd('.');
        bool isListening = action is Listen or ListenDatagrams;
        if (host.Length == 0)
        {
            return isListening ? EveryInterface : ThisMachine;
        }

        // As the resolver reads it, which takes "127.1" and "0x7f000001" for addresses too.
        if (IPAddress.TryParse(host, out IPAddress? address))
        {
            address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
            bool isEvery = address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
            return isEvery && isListening ? EveryInterface
                : isEvery || IPAddress.IsLoopback(address) ? [address.ToString(), .. ThisMachine]
                : [address.ToString()];
        }

        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? ThisMachine
            : AsciiHost.TryEncode(host) is { } ascii && ascii != host ? [host, ascii]
            : [host];
    }
}
