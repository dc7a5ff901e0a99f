using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GostNet;

/// <summary>A host, by name or address, and a port.</summary>
/// <remarks>
/// <para>The host is kept as it was written, without the brackets of an IPv6 address. An empty host is every interface to
/// listen on, and the machine that dials as a target. The text form is <c>host:port</c>, or <c>[address]:port</c> for IPv6.</para>
/// <para>Two values are equal if their ports are and their hosts are without regard to case.</para>
/// </remarks>
public sealed class HostEndPoint : EndPoint, IEquatable<HostEndPoint>, IParsable<HostEndPoint>
{
    private const int MaxHostLength = 253; // RFC 1035, section 2.3.4, without the root's dot

    /// <summary>Makes an end point.</summary>
    /// <param name="host">A name, an IPv4 address, an IPv6 address without brackets and with a zone if it needs one, or "".</param>
    /// <param name="port">0 to 65535. 0 is good for listening only.</param>
    /// <exception cref="ArgumentException">The host is none of these.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The port is out of range.</exception>
    public HostEndPoint(string host, int port)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, IPEndPoint.MaxPort);
        if (!IsValidHost(host))
        {
            throw new ArgumentException($"'{host}' is not a host name or address.", nameof(host));
        }

        Host = host;
        Port = port;
    }

    /// <summary>Makes an end point of an address and a port.</summary>
    /// <param name="endPoint">The address and port.</param>
    public HostEndPoint(IPEndPoint endPoint)
        : this((endPoint ?? throw new ArgumentNullException(nameof(endPoint))).Address.ToString(), endPoint.Port)
    {
    }

    /// <summary>The name or address, without brackets. Empty: every interface to listen on, or the machine that dials.</summary>
    public string Host { get; }

    /// <summary>0 to 65535.</summary>
    public int Port { get; }

    /// <inheritdoc/>
    public override AddressFamily AddressFamily =>
        TryGetAddress(out IPAddress? address) ? address.AddressFamily : AddressFamily.Unspecified;

    /// <summary>The end point of an address and a port.</summary>
    /// <param name="endPoint">The address and port.</param>
    public static implicit operator HostEndPoint(IPEndPoint endPoint) => FromIPEndPoint(endPoint);

    /// <summary>Whether two end points are equal.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(HostEndPoint? left, HostEndPoint? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether two end points differ.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(HostEndPoint? left, HostEndPoint? right) => !(left == right);

    /// <summary>The end point of an address and a port.</summary>
    /// <param name="endPoint">The address and port.</param>
    public static HostEndPoint FromIPEndPoint(IPEndPoint endPoint) => new(endPoint);

    /// <summary>Reads <c>host:port</c>, <c>[IPv6]:port</c> or <c>:port</c>.</summary>
    /// <param name="s">The text.</param>
    /// <param name="provider">Not used.</param>
    /// <exception cref="FormatException">The text is none of these; the message says what is wrong.</exception>
    public static HostEndPoint Parse(string s, IFormatProvider? provider = null)
    {
        ArgumentNullException.ThrowIfNull(s);
        return TryParse(s, out HostEndPoint? result, out string? problem) ? result : throw new FormatException(problem);
    }

    /// <summary>Reads <c>host:port</c>, <c>[IPv6]:port</c> or <c>:port</c>.</summary>
    /// <param name="s">The text.</param>
    /// <param name="provider">Not used.</param>
    /// <param name="result">The end point, if it could be read.</param>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out HostEndPoint result) =>
        TryParse(s ?? "", out result, out _);

    /// <summary>Whether the host is an address; if so, which.</summary>
    /// <param name="address">The address.</param>
    public bool TryGetAddress([NotNullWhen(true)] out IPAddress? address)
    {
        // IPAddress also takes forms such as "1" and "0x7f.1", which every resolver but this one treats as names.
        if (Host.Contains(':') || IsDottedQuad(Host))
        {
            return IPAddress.TryParse(Host, out address);
        }

        address = null;
        return false;
    }

    /// <summary>An <see cref="IPEndPoint"/> if the host is an address, else this.</summary>
    internal EndPoint ToPlainEndPoint() => TryGetAddress(out IPAddress? address) ? new IPEndPoint(address, Port) : (EndPoint)this;

    /// <inheritdoc/>
    public bool Equals(HostEndPoint? other) =>
        other is not null && Port == other.Port && Host.Equals(other.Host, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as HostEndPoint);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(StringComparer.OrdinalIgnoreCase.GetHashCode(Host), Port);

    /// <summary>The text form: <c>host:port</c>, with brackets around an IPv6 address.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{(Host.Contains(':') ? $"[{Host}]" : Host)}:{Port}");

    /// <summary>Reads an end point, or says what is wrong with the text and what to write.</summary>
    internal static bool TryParse(string text, [NotNullWhen(true)] out HostEndPoint? result, [NotNullWhen(false)] out string? problem)
    {
        result = null;
        string host;
        int colon;
        if (text.StartsWith('['))
        {
            int close = text.IndexOf(']');
            if (close < 0)
            {
                problem = $"'{text}' opens a bracket and does not close it; write [address]:port";
                return false;
            }

            host = text[1..close];
            if (!host.Contains(':'))
            {
                problem = $"'{text}' has brackets around something that is not an IPv6 address";
                return false;
            }

            colon = close + 1;
            if (colon == text.Length || text[colon] != ':')
            {
                problem = $"'{text}' has no port; write [address]:port";
                return false;
            }
        }
        else
        {
            colon = text.LastIndexOf(':');
            if (colon < 0)
            {
                problem = $"'{text}' has no port; write host:port";
                return false;
            }

            host = text[..colon];
            if (host.Contains(':'))
            {
                problem = $"'{text}' has an IPv6 address without brackets; write [address]:port";
                return false;
            }
        }

        if (!IsValidHost(host))
        {
            problem = $"'{host}' is not a host name or address";
            return false;
        }

        if (!TryParsePort(text.AsSpan(colon + 1), out int port))
        {
            problem = $"'{text[(colon + 1)..]}' is not a port; write a number from 0 to 65535";
            return false;
        }

        problem = null;
        result = new HostEndPoint(host, port);
        return true;
    }

    /// <summary>Reads decimal digits only: no sign, no blank, and none of the NULs that the parser of numbers takes at the end.</summary>
    internal static bool TryParsePort(ReadOnlySpan<char> text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= IPEndPoint.MaxPort
        && !text.Contains('\0');

    /// <summary>Whether the text may stand as <see cref="Host"/>. Underscores and non-ASCII letters are let through: resolvers know them.</summary>
    internal static bool IsValidHost(string host)
    {
        if (host.Length > MaxHostLength)
        {
            return false;
        }

        ReadOnlySpan<char> name = host;
        if (host.Contains(':'))
        {
            if (host[0] == '[' || !IPAddress.TryParse(host, out IPAddress? address)
                || address.AddressFamily != AddressFamily.InterNetworkV6)
            {
                return false;
            }

            // IPAddress takes anything for a zone, line ends included; here it is the name or number of an interface.
            int zone = host.IndexOf('%');
            if (zone < 0)
            {
                return true;
            }

            name = host.AsSpan(zone + 1);
            if (name.IsEmpty || !Ascii.IsValid(name))
            {
                return false;
            }
        }

        foreach (char c in name)
        {
            if (!(char.IsLetterOrDigit(c) || c is '-' or '.' or '_'))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsDottedQuad(string host) =>
        host.AsSpan().Count('.') == 3 && !host.AsSpan().ContainsAnyExceptInRange('.', '9') && !host.Contains('/');
}
