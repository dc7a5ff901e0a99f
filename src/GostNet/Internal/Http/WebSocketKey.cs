using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace GostNet.Internal.Http;

/// <summary>The key by which a server shows that it has understood a request for a WebSocket (RFC 6455, section 1.3).</summary>
internal static class WebSocketKey
{
    private static ReadOnlySpan<byte> Suffix => "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8;

    /// <summary>What the server answers to a key, in <c>Sec-WebSocket-Accept</c>.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455, section 1.3, asks for SHA-1, and no secret hangs on it.")]
    public static string Accept(ReadOnlySpan<byte> key) => Convert.ToBase64String(SHA1.HashData([.. key, .. Suffix]));
}
