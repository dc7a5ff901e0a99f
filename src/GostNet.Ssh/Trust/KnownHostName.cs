namespace GostNet.Ssh.Trust;

/// <summary>What a server is called in <c>known_hosts</c> (ssh, section 2.11).</summary>
internal static class KnownHostName
{
    /// <summary>The port that is not written.</summary>
    public const int DefaultPort = 22;

    /// <summary>The name in lower case, and with a port other than 22 <c>[name]:port</c>.</summary>
    /// <param name="host">A name or an address, IPv6 with or without brackets.</param>
    /// <param name="port">1 to 65535.</param>
    public static string Of(string host, int port)
    {
        host = WithoutBrackets(host).ToLowerInvariant();
        return port == DefaultPort ? host : $"[{host}]:{port}";
    }

    /// <summary>An address as it is without a port.</summary>
    public static string WithoutBrackets(string host) => host is ['[', .. string inner, ']'] ? inner : host;

    /// <summary>Whether a name can stand in a line without being read as something else.</summary>
    public static bool CanBeWritten(string name) =>
        name.Length > 0 && name[0] is not ('#' or '@' or '|' or '!') && name.AsSpan().IndexOfAny(" \t*?,") < 0
        && !name.Any(c => char.IsControl(c) || char.IsWhiteSpace(c));
}
