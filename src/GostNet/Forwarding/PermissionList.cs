using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using GostNet.Internal;

namespace GostNet.Forwarding;

/// <summary>A whitelist or blacklist: items of <c>actions:hosts:ports</c>, separated by blanks (gost-nodes, section 5.5).</summary>
internal sealed class PermissionList
{
    private readonly ImmutableArray<Item> _items;

    private PermissionList(ImmutableArray<Item> items) => _items = items;

    /// <summary>Reads a list.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out PermissionList? result)
    {
        var items = ImmutableArray.CreateBuilder<Item>();
        foreach (string item in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (item.Split(':') is not [{ Length: > 0 } actions, { Length: > 0 } hosts, var ports] || ReadPorts(ports) is not { } ranges)
            {
                result = null;
                return false;
            }

            items.Add(new Item([.. actions.Split(',')], [.. hosts.Split(',').Select(h => AsciiHost.TryEncode(h) ?? h)], ranges));
        }

        result = items.Count > 0 ? new PermissionList(items.ToImmutable()) : null;
        return result is not null;
    }

    /// <summary>Whether an item of the list is about this.</summary>
    /// <param name="action">The action.</param>
    /// <param name="names">What the host is called. One of the names is enough.</param>
    /// <param name="port">The port.</param>
    public bool Contains(string action, IReadOnlyCollection<string> names, int port) => _items.Any(item =>
        item.Mentions(action)
        && item.Ports.Any(p => port >= p.First && port <= p.Last)
        && item.Hosts.Any(h => names.Any(n => Matches(h, n))));

    /// <summary>Whether an item of the list is about this action.</summary>
    public bool Mentions(string action) => _items.Any(item => item.Mentions(action));

    /// <summary>Whether an item of the list is about this action with every host and port.</summary>
    public bool ContainsAll(string action) => _items.Any(item =>
        item.Mentions(action)
        && item.Ports.Any(p => p is (<= 1, IPEndPoint.MaxPort))
        && item.Hosts.Any(h => h.AsSpan().TrimStart('*').IsEmpty));

    private static ImmutableArray<(int First, int Last)>? ReadPorts(string text)
    {
        var ranges = ImmutableArray.CreateBuilder<(int, int)>();
        foreach (string part in text.Split(','))
        {
            string[] bounds = part == "*" ? ["0", "65535"] : part.Split('-');
            if (bounds.Length > 2
                || !HostEndPoint.TryParsePort(bounds[0], out int first) || !HostEndPoint.TryParsePort(bounds[^1], out int last) || first > last)
            {
                return null;
            }

            ranges.Add((first, last));
        }

        return ranges.ToImmutable();
    }

    /// <summary>Whether a text fits a pattern in which '*' stands for any characters. Case makes no difference.</summary>
    private static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        // The last '*' that was passed can take in one more character whenever what follows it does not fit.
        int p = 0, t = 0, star = -1, taken = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, taken) = (p++, t);
            }
            else if (p < pattern.Length && char.ToUpperInvariant(pattern[p]) == char.ToUpperInvariant(text[t]))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++taken;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].TrimStart('*').IsEmpty;
    }

    private sealed record Item(ImmutableArray<string> Actions, ImmutableArray<string> Hosts, ImmutableArray<(int First, int Last)> Ports)
    {
        public bool Mentions(string action) => Actions.Any(a => Matches(a, action));
    }
}
