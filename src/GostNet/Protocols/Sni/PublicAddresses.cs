using System.Net;
using System.Net.Sockets;

namespace GostNet.Protocols.Sni;

/// <summary>Tells addresses of the internet from those of this machine and its private networks (RFC 6890).</summary>
internal static class PublicAddresses
{
    private static readonly IPNetwork[] Others = Array.ConvertAll(
        [
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
            "224.0.0.0/4", "240.0.0.0/4",
            "::/127", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        ],
        IPNetwork.Parse);

    // Addresses that lead to the IPv4 address in them, and where in them it is (RFC 6052, RFC 3056, and RFC 4291, section 2.5.5.1).
    private static readonly (IPNetwork Network, int Position)[] Wrappers =
    [
        (IPNetwork.Parse("64:ff9b::/96"), 12), (IPNetwork.Parse("2002::/16"), 2), (IPNetwork.Parse("::/96"), 12),
    ];

    /// <summary>Whether an address is one of the internet.</summary>
    public static bool Contains(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return Contains(address.MapToIPv4());
        }

        if (Array.Exists(Others, network => network.Contains(address)))
        {
            return false;
        }

        foreach ((IPNetwork network, int position) in Wrappers)
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6 && network.Contains(address))
            {
                return Contains(new IPAddress(address.GetAddressBytes().AsSpan(position, 4)));
            }
        }

        return true;
    }

    /// <summary>Whether a host is one of the internet, as far as it tells: an address, or a name other than those of this machine
    /// (RFC 6761, section 6.3).</summary>
    public static bool MayContain(HostEndPoint host)
    {
        if (host.Host.Length == 0)
        {
            return false;
        }

        if (IPAddress.TryParse(host.Host, out IPAddress? address))
        {
            return Contains(address); // also 127.1 and 0x7f000001, which some resolvers know
        }

        ReadOnlySpan<char> name = host.Host.AsSpan().TrimEnd('.');
        return !name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            && !name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
    }
}
