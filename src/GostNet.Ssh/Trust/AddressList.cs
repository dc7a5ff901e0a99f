using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Text;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Trust;

/// <summary>The addresses of <c>from=</c> (ssh, section 2.12): patterns, addresses and networks, each perhaps behind a <c>!</c>.</summary>
internal sealed class AddressList
{
    private readonly List<Entry> _entries = [];

    private AddressList()
    {
    }

    /// <summary>Reads a list between commas.</summary>
    /// <param name="text">The list.</param>
    /// <param name="list">What is in it.</param>
    /// <param name="problem">What is wrong with it.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out AddressList? list, [NotNullWhen(false)] out string? problem)
    {
        list = new AddressList();
        foreach (string part in text.Split(','))
        {
            bool isNegated = part.StartsWith('!');
            string pattern = isNegated ? part[1..] : part;
            IPNetwork? network = null;
            if (pattern.Contains('/', StringComparison.Ordinal))
            {
                if (!TryParseNetwork(pattern, out IPNetwork parsed))
                {
                    problem = $"'{PeerText.Escape(Encoding.UTF8.GetBytes(pattern))}' is no network; write its first address, / and the number "
                        + "of leading bits";
                    list = null;
                    return false;
                }

                network = parsed;
            }
            else if (IPAddress.TryParse(pattern, out IPAddress? address))
            {
                network = new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
            }

            list._entries.Add(new(isNegated, network, Encoding.UTF8.GetBytes(pattern)));
        }

        problem = null;
        return true;
    }

    /// <summary>Whether an address is in the list: by at least one entry, and by none behind a <c>!</c>.</summary>
    /// <param name="address">The address; <see langword="null"/> is in none.</param>
    public bool Contains(IPAddress? address)
    {
        if (address is null)
        {
            return false;
        }

        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
            : address.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress(address.GetAddressBytes()) // without the zone
            : address;
        byte[] text = Encoding.UTF8.GetBytes(plain.ToString());
        bool isIn = false;
        foreach (Entry entry in _entries)
        {
            if (entry.Network?.Contains(plain) ?? Patterns.IsMatch(entry.Pattern, text))
            {
                if (entry.IsNegated)
                {
                    return false;
                }

                isIn = true;
            }
        }

        return isIn;
    }

    /// <summary>Reads a network. One with bits behind its length is none: nobody knows what was meant.</summary>
    private static bool TryParseNetwork(string text, out IPNetwork network) =>
        IPNetwork.TryParse(text, out network)
        && IPAddress.TryParse(text.AsSpan(0, text.IndexOf('/', StringComparison.Ordinal)), out IPAddress? address)
        && address.Equals(network.BaseAddress);

    /// <param name="IsNegated">Whether what it means is not in the list.</param>
    /// <param name="Network">What it means, if that is an address or a network.</param>
    /// <param name="Pattern">What it means otherwise.</param>
    private sealed record Entry(bool IsNegated, IPNetwork? Network, byte[] Pattern);
}
