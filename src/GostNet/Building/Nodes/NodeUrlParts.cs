using System.Buffers;
using System.Net;
using System.Text;

namespace GostNet.Building.Nodes;

/// <summary>A node URL, cut into its parts (gost-nodes, section 1.1).</summary>
/// <remarks><see cref="Uri"/> is of no use here: it throws at an empty host, folds paths and invents ports (gost-nodes, section
/// 1.2).</remarks>
internal sealed class NodeUrlParts
{
    private static readonly SearchValues<char> NotInScheme = SearchValues.Create("/?#@:[]");

    private NodeUrlParts()
    {
    }

    /// <summary>The scheme as it was written, or <see langword="null"/> if there is none.</summary>
    public string? Scheme { get; private set; }

    /// <summary>The login in front of the host.</summary>
    public NetworkCredential? Credential { get; private set; }

    /// <summary>The host, without brackets, or "".</summary>
    public string Host { get; private set; } = "";

    /// <summary>The port, or <see langword="null"/> if there is none.</summary>
    public int? Port { get; private set; }

    /// <summary>The path as it was written, without slashes around it.</summary>
    public string Path { get; private set; } = "";

    /// <summary>The query, decoded.</summary>
    public IReadOnlyList<(string Key, string Value)> Query { get; private set; } = [];

    /// <summary>A form of a URL that can be shown: whatever may be a secret is left out.</summary>
    public static string Redact(string text)
    {
        string url = text.Trim();
        var result = new StringBuilder();
        int end = 0;
        foreach ((int start, int length) in FindSecrets(url).Order())
        {
            if (start >= end)
            {
                result.Append(url, end, start - end).Append("***");
            }

            end = Math.Max(end, start + length);
        }

        return result.Append(url, end, url.Length - end).ToString();
    }

    /// <summary>Cuts a URL into its parts, or says what is wrong with it. What could be read is there even then.</summary>
    public static NodeUrlParts Read(string text, NodeUrlFindings findings)
    {
        var parts = new NodeUrlParts();
        string rest = text.Trim();
        if (rest.Length == 0)
        {
            findings.Add(NodeUrlError.Empty, "there is no node; write one such as tcp://:2222/192.168.1.1:22");
            return parts;
        }

        int schemeLength = SchemeLength(rest);
        if (schemeLength >= 0)
        {
            parts.Scheme = rest[..schemeLength];
            rest = rest[(schemeLength + 3)..];
        }

        int authorityEnd = rest.AsSpan().IndexOfAny("/?#");
        string authority = authorityEnd < 0 ? rest : rest[..authorityEnd];
        string behind = authorityEnd < 0 ? "" : rest[authorityEnd..];
        parts.ReadAuthority(authority, behind, findings);

        int fragment = behind.IndexOf('#');
        if (fragment >= 0)
        {
            if (findings.Errors.Count == 0)
            {
                findings.Add(NodeUrlError.Fragment, $"'{behind[fragment..]}' is a fragment, which means nothing here; write %23 for a '#'");
            }

            behind = behind[..fragment];
        }

        int query = behind.IndexOf('?');
        parts.Path = (query < 0 ? behind : behind[..query]).Trim('/');
        if (query >= 0)
        {
            parts.ReadQuery(behind[(query + 1)..], findings);
        }

        return parts;
    }

    /// <summary>How long the scheme is, or -1 if the text has none. A "://" further on, in a query, is not one (gost-nodes, section 6,
    /// C7).</summary>
    private static int SchemeLength(string text)
    {
        int end = text.IndexOf("://", StringComparison.Ordinal);
        return end >= 0 && text.AsSpan(0, end).IndexOfAny(NotInScheme) < 0 ? end : -1;
    }

    /// <summary>Where secrets may be, one perhaps within another.</summary>
    private static IEnumerable<(int Start, int Length)> FindSecrets(string url)
    {
        int start = SchemeLength(url) is var length and > 0 ? length + 3 : 0;

        // A login with a raw '/' or '?' is an error, and still a secret: the last '@' counts, wherever it stands.
        int at = url.LastIndexOf('@');
        if (at >= start)
        {
            yield return (start, at - start);
        }

        for (int pair = url.IndexOf('?') + 1; pair > 0; pair = url.IndexOf('&', pair) + 1)
        {
            int end = url.IndexOf('&', pair) is var next and >= 0 ? next : url.Length;
            int equals = url.IndexOf('=', pair, end - pair);
            if (equals >= 0 && IsSecret(url[pair..equals]))
            {
                yield return (equals + 1, end - equals - 1);
            }
        }
    }

    /// <summary>Whether a parameter's value is not to be shown. It need not be one that is known, for it may be misspelt.</summary>
    private static bool IsSecret(string rawKey) => !PercentEncoding.TryDecode(rawKey, plusIsBlank: true, out string? key)
        || key.EndsWith("auth", StringComparison.OrdinalIgnoreCase) || key.Contains("pass", StringComparison.OrdinalIgnoreCase);

    private void ReadAuthority(string authority, string behind, NodeUrlFindings findings)
    {
        int at = authority.LastIndexOf('@');
        if (at >= 0)
        {
            ReadUser(authority[..at], findings);
            authority = authority[(at + 1)..];
        }

        if (authority.StartsWith('['))
        {
            ReadBracketed(authority, findings);
            return;
        }

        int colon = authority.LastIndexOf(':');
        string host = colon < 0 ? authority : authority[..colon];
        if (host.Contains(':'))
        {
            findings.Add(NodeUrlError.BadHost, $"host '{host}' is an IPv6 address without brackets; write [{host}]:port");
        }
        else if (at < 0 && behind.Contains('@') && !(colon >= 0 && HostEndPoint.TryParsePort(authority.AsSpan(colon + 1), out _)))
        {
            // What was meant to be a login is cut off by a character in it. It is not quoted: it is half a password.
            findings.Add(
                NodeUrlError.BadHost,
                $"the host cannot be read: a '{behind[0]}' in user or password ends them; write {Uri.HexEscape(behind[0])}");
        }
        else
        {
            ReadHost(host, findings);
            if (colon >= 0)
            {
                ReadPort(authority[(colon + 1)..], findings);
            }
        }
    }

    private void ReadBracketed(string authority, NodeUrlFindings findings)
    {
        int close = authority.IndexOf(']');
        if (close < 0)
        {
            findings.Add(NodeUrlError.BadHost, $"host '{authority}' opens a bracket and does not close it; write [address]:port");
            return;
        }

        if (!authority[1..close].Contains(':'))
        {
            findings.Add(NodeUrlError.BadHost, $"host '{authority[..(close + 1)]}' has brackets around something that is not an IPv6 address");
            return;
        }

        ReadHost(authority[1..close], findings);
        string behind = authority[(close + 1)..];
        if (behind.StartsWith(':'))
        {
            ReadPort(behind[1..], findings);
        }
        else if (behind.Length > 0)
        {
            findings.Add(NodeUrlError.BadHost, $"'{behind}' stands behind the host; write [address]:port");
        }
    }

    private void ReadHost(string text, NodeUrlFindings findings)
    {
        if (!PercentEncoding.TryDecode(text, plusIsBlank: false, out string? host))
        {
            findings.Add(NodeUrlError.BadEscape, $"host '{text}' has a '%' that begins no escape; write %25 for a '%'");
        }
        else if (!HostEndPoint.IsValidHost(host))
        {
            findings.Add(NodeUrlError.BadHost, $"host '{host}' is not a host name or address");
        }
        else
        {
            Host = host;
        }
    }

    private void ReadPort(string text, NodeUrlFindings findings)
    {
        if (HostEndPoint.TryParsePort(text, out int port))
        {
            Port = port;
        }
        else if (text.Length == 0)
        {
            findings.Add(NodeUrlError.MissingPort, "there is nothing behind the ':'; write a port");
        }
        else
        {
            findings.Add(NodeUrlError.BadPort, $"port '{text}' is not a number from 0 to 65535; write one port");
        }
    }

    private void ReadUser(string text, NodeUrlFindings findings)
    {
        int colon = text.IndexOf(':');
        if (!PercentEncoding.TryDecode(colon < 0 ? text : text[..colon], plusIsBlank: false, out string? user)
            || !PercentEncoding.TryDecode(colon < 0 ? "" : text[(colon + 1)..], plusIsBlank: false, out string? password))
        {
            findings.Add(NodeUrlError.BadEscape, "user or password have a '%' that begins no escape; write %25 for a '%'");
        }
        else if (user.Length > 0)
        {
            Credential = new NetworkCredential(user, password);
        }
        else if (password.Length > 0)
        {
            findings.Add(NodeUrlError.EmptyUser, "there is a password without a user; write user:password@");
        }
    }

    private void ReadQuery(string text, NodeUrlFindings findings)
    {
        if (text.Contains(';'))
        {
            findings.Add(NodeUrlError.BadQuery, "the query has a ';', which separates nothing; write & between parameters, and %3B for a ';'");
            return;
        }

        var pairs = new List<(string, string)>();
        foreach (string pair in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=');
            string rawKey = equals < 0 ? pair : pair[..equals];
            if (!PercentEncoding.TryDecode(rawKey, plusIsBlank: true, out string? key)
                || !PercentEncoding.TryDecode(equals < 0 ? "" : pair[(equals + 1)..], plusIsBlank: true, out string? value))
            {
                findings.Add(NodeUrlError.BadEscape, $"parameter '{rawKey}' has a '%' that begins no escape; write %25 for a '%'");
            }
            else
            {
                pairs.Add((key, value));
            }
        }

        Query = pairs;
    }
}
