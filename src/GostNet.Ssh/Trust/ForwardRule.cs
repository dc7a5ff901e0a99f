using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Trust;

/// <summary>One target of <c>permitopen</c>, or one address of <c>permitlisten</c> (ssh, section 2.12).</summary>
/// <param name="Host">The host, without brackets.</param>
/// <param name="Port">1 to 65535, or 0 for any.</param>
internal sealed record ForwardRule(string Host, int Port)
{
    /// <summary>Names are not longer.</summary>
    private const int MaxHostLength = 1024;

    private const string Any = "*";

    /// <summary>Whether this is the target. Its name is compared as it is, and not looked up; <c>*</c> alone is any.</summary>
    public bool IsTarget(string host, int port) =>
        IsPort(port) && (Host == Any || Host.Equals(KnownHostName.WithoutBrackets(host), StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether the address matches, in which <c>*</c> and <c>?</c> may stand anywhere. It is compared as the client wrote it.</summary>
    public bool IsListenAddress(string host, int port) =>
        IsPort(port)
        && Patterns.IsMatch(Encoding.UTF8.GetBytes(Host), Encoding.UTF8.GetBytes(KnownHostName.WithoutBrackets(host)));

    /// <summary>Reads <c>host:port</c>, where both may be <c>*</c> and IPv6 is in brackets.</summary>
    /// <param name="text">The rule.</param>
    /// <param name="isListen">Whether a port alone will do, for any host.</param>
    /// <param name="rule">What is in it.</param>
    /// <param name="problem">What is wrong with it, and what to write.</param>
    public static bool TryParse(
        string text, bool isListen, [NotNullWhen(true)] out ForwardRule? rule, [NotNullWhen(false)] out string? problem)
    {
        rule = null;
        problem = null;
        int colon = text.IndexOf(':', text.StartsWith('[') ? Math.Max(0, text.IndexOf(']', StringComparison.Ordinal)) : 0);
        string host = colon >= 0 ? KnownHostName.WithoutBrackets(text[..colon]) : isListen ? Any : "";
        if (!TryParsePort(text[(colon + 1)..], out int port) || host.Length is 0 or > MaxHostLength)
        {
            problem = $"'{PeerText.Escape(Encoding.UTF8.GetBytes(text))}' is no {(isListen ? "address to listen at" : "target")}; write "
                + $"{(isListen ? "port or " : "")}host:port, with * for any and IPv6 in brackets";
            return false;
        }

        rule = new(host, port);
        return true;
    }

    private static bool TryParsePort(string text, out int port)
    {
        port = 0;
        return text == Any || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535);
    }

    private bool IsPort(int port) => Port == 0 || Port == port;
}
