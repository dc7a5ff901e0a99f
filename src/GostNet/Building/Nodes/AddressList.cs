using System.Collections.Immutable;

namespace GostNet.Building.Nodes;

/// <summary>Lists of addresses: the path of a node to serve, and the parameter <c>ip</c> (gost-nodes, section 1.7).</summary>
internal static class AddressList
{
    /// <summary>GOST's port for an address of <c>ip</c> that has none, where the URL has none either.</summary>
    public const int DefaultPort = 8080;

    /// <summary>Reads the targets in a path.</summary>
    /// <param name="path">As it stands in the URL, without slashes around it.</param>
    /// <param name="findings">Is told of targets that cannot be read.</param>
    public static IEnumerable<HostEndPoint> ReadPath(string path, NodeUrlFindings findings)
    {
        var targets = ImmutableArray.CreateBuilder<HostEndPoint>();
        foreach (string raw in path.Split(','))
        {
            if (!PercentEncoding.TryDecode(raw, plusIsBlank: false, out string? decoded))
            {
                findings.Add(NodeUrlError.BadEscape, $"target '{raw}' has a '%' that begins no escape; write %25 for a '%'");
            }
            else if (decoded.Trim() is { Length: > 0 } text)
            {
                Read(text, "target", targets, findings);
            }
        }

        return targets;
    }

    /// <summary>Reads the value of <c>ip</c>: the name of a file with an address a line, if there is such a file, else a list.</summary>
    /// <param name="value">The value.</param>
    /// <param name="port">The URL's own port, for addresses of a chain node that have none; <see langword="null"/> if there is none, or
    /// if it does not count, as for what is served.</param>
    /// <param name="files">Reads the file.</param>
    /// <param name="findings">Is told of addresses that cannot be read, and of GOST's default port.</param>
    public static IEnumerable<HostEndPoint> ReadIp(string value, int? port, NodeFiles files, NodeUrlFindings findings)
    {
        IEnumerable<string> entries = value.Split(',');
        if (files.Exists(value))
        {
            if (!files.TryReadLines(value, out string[]? lines, out string? problem))
            {
                findings.Add(NodeUrlError.File, $"parameter 'ip' is '{value}', which is a file that cannot be read: {problem}");
                return [];
            }

            entries = lines.Where(line => !line.StartsWith('#'));
        }

        var addresses = ImmutableArray.CreateBuilder<HostEndPoint>();
        var withoutPort = new List<string>();
        foreach (string entry in entries.Select(e => e.Trim()).Where(e => e.Length > 0))
        {
            string text = entry;
            if (!HasPort(entry))
            {
                string host = entry.Contains(':') && !entry.StartsWith('[') ? $"[{entry}]" : entry;
                text = string.Create(null, $"{host}:{port ?? DefaultPort}");
                withoutPort.Add(entry);
            }

            Read(text, "address", addresses, findings);
        }

        if (port is null && withoutPort.Count > 0)
        {
            findings.Warn(
                NodeUrlWarning.IpDefaultPort,
                $"{string.Join(", ", withoutPort)} in parameter 'ip' has no port and gets {DefaultPort}; write the port to be sure");
        }

        return addresses;
    }

    private static void Read(string text, string what, ImmutableArray<HostEndPoint>.Builder list, NodeUrlFindings findings)
    {
        if (!HostEndPoint.TryParse(text, out HostEndPoint? endPoint, out string? problem))
        {
            findings.Add(NodeUrlError.BadTarget, $"{what} {problem}");
        }
        else if (endPoint.Port == 0)
        {
            findings.Add(NodeUrlError.BadTarget, $"{what} '{text}' has port 0, which cannot be dialled; write the port to reach");
        }
        else
        {
            list.Add(endPoint);
        }
    }

    // As GOST 2.12 sees it: an unbracketed text with two colons or more is an IPv6 address alone.
    private static bool HasPort(string entry) =>
        entry.StartsWith('[') ? !entry.EndsWith(']') : entry.AsSpan().Count(':') == 1;
}
