using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Forwarding;

/// <summary>What belongs to the channels and requests of port forwarding (RFC 4254, section 7; ssh, sections 2.8, 4 and 5).</summary>
internal static class ForwardingCodec
{
    public const string DirectTcpip = "direct-tcpip";
    public const string ForwardedTcpip = "forwarded-tcpip";
    public const string TcpipForward = "tcpip-forward";
    public const string CancelTcpipForward = "cancel-tcpip-forward";
    public const string GostTunnel = "gost-tunnel";

    /// <summary>The most bytes of a host or address.</summary>
    public const int MaxHostLength = 255;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes what belongs to <c>tcpip-forward</c> and <c>cancel-tcpip-forward</c>.</summary>
    public static byte[] WriteAddress(string host, int port) => new SshWriter().Text(host).UInt32((uint)port).ToArray();

    /// <summary>Reads the same.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="host">The address as it was written; <see langword="null"/> if it is too long or no text.</param>
    /// <param name="port">The port, which may be out of range.</param>
    public static bool TryReadAddress(ReadOnlySpan<byte> data, out string? host, out uint port)
    {
        var reader = new SshReader(data);
        return TryReadAddress(ref reader, out host, out port);
    }

    /// <summary>Writes what belongs to a <c>direct-tcpip</c> or <c>forwarded-tcpip</c> channel.</summary>
    /// <param name="host">The host to connect to, or the address that was listened at.</param>
    /// <param name="port">Its port.</param>
    /// <param name="originator">Who connected; 0.0.0.0 and port 0, as GOST has it, if that is not known.</param>
    public static byte[] WriteOpening(string host, int port, EndPoint? originator)
    {
        (string address, int originatorPort) = originator switch
        {
            IPEndPoint ip => (ToText(ip.Address), ip.Port),
            HostEndPoint name => (name.Host, name.Port),
            _ => ("0.0.0.0", 0),
        };
        return new SshWriter().Text(host).UInt32((uint)port).Text(address).UInt32((uint)originatorPort).ToArray();
    }

    /// <summary>Reads the same. What follows is passed over.</summary>
    public static bool TryReadOpening(ReadOnlySpan<byte> data, out ForwardOpening opening)
    {
        opening = default;
        var reader = new SshReader(data);
        if (!TryReadAddress(ref reader, out string? host, out uint port)
            || !TryReadAddress(ref reader, out string? originator, out uint originatorPort))
        {
            return false;
        }

        opening = new(host, port, originator, originatorPort);
        return true;
    }

    /// <summary>Writes the answer to <c>tcpip-forward</c> with port 0.</summary>
    public static byte[] WritePort(int port) => new SshWriter(sizeof(uint)).UInt32((uint)port).ToArray();

    /// <summary>Reads the same.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="port">1 to 65535.</param>
    public static bool TryReadPort(ReadOnlySpan<byte> data, out int port)
    {
        bool isRead = new SshReader(data).TryReadUInt32(out uint number) && IsPort(number);
        port = isRead ? (int)number : 0;
        return isRead;
    }

    /// <summary>Whether a connection can be made to that port.</summary>
    public static bool IsPort(uint port) => port is >= 1 and <= IPEndPoint.MaxPort;

    /// <summary>A host without the brackets that an IPv6 address may have; the server itself, if it was left out. GOST and other programs
    /// in Go may write &lt;nil&gt; then.</summary>
    public static string ToHost(string text) =>
        text is "" or "<nil>" ? "localhost"
        : text.Length > 2 && text[0] == '[' && text[^1] == ']' && text.Contains(':', StringComparison.Ordinal) ? text[1..^1]
        : text;

    /// <summary>An end point out of what a peer wrote, or <see langword="null"/> if it cannot be one.</summary>
    public static HostEndPoint? ToEndPoint(string? host, uint port)
    {
        if (host is null || port > IPEndPoint.MaxPort)
        {
            return null;
        }

        string text = host.Contains(':', StringComparison.Ordinal)
            ? string.Create(CultureInfo.InvariantCulture, $"[{host}]:{port}")
            : string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
        return HostEndPoint.TryParse(text, CultureInfo.InvariantCulture, out HostEndPoint? endPoint) ? endPoint : null;
    }

    /// <summary>The same, and an <see cref="IPEndPoint"/> if it has an address, as sockets tell it.</summary>
    public static EndPoint? ToPlainEndPoint(string? host, uint port) =>
        ToEndPoint(host, port) is not { } endPoint ? null
        : endPoint.TryGetAddress(out IPAddress? address) ? new IPEndPoint(address, endPoint.Port)
        : (EndPoint)endPoint; // or the address would become a HostEndPoint again

    /// <summary>An address as a number: without a zone, and IPv4 as such.</summary>
    private static string ToText(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4().ToString();
        }

        return address is { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 }
            ? new IPAddress(address.GetAddressBytes()).ToString()
            : address.ToString();
    }

    private static bool TryReadAddress(ref SshReader reader, out string? host, out uint port)
    {
        port = 0;
        host = null;
        if (!reader.TryReadString(out ReadOnlySpan<byte> bytes) || !reader.TryReadUInt32(out port))
        {
            return false;
        }

        if (bytes.Length > MaxHostLength)
        {
            return true;
        }

        try
        {
            string text = StrictUtf8.GetString(bytes);
            host = text.Any(char.IsControl) ? null : text;
        }
        catch (DecoderFallbackException)
        {
            // It is no text.
        }

        return true;
    }
}
