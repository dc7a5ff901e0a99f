using System.Buffers;
using System.Text;
using GostNet.Internal.Tls;
using GostNet.Protocols.Http;

namespace GostNet.Protocols.Sni;

/// <summary>Puts another name in the place of the target's in the first thing that an application says, be it TLS or HTTP
/// (proxies, section 3.3).</summary>
internal static class SniDisguise
{
    /// <summary>Rewrites the beginning of what an application sends.</summary>
    /// <param name="source">All that it has sent so far.</param>
    /// <param name="host">The name to show.</param>
    /// <param name="output">With <see cref="OperationStatus.Done"/>, what to send in place of the first <paramref name="consumed"/>
    /// bytes. Those behind it go as they are.</param>
    /// <param name="consumed">With <see cref="OperationStatus.Done"/>, how many bytes are replaced. With
    /// <see cref="OperationStatus.NeedMoreData"/>, how many there have to be before it is worth while to ask again.</param>
    /// <returns><see cref="OperationStatus.InvalidData"/> if there may be a name that cannot be replaced.</returns>
    public static OperationStatus Rewrite(ReadOnlySpan<byte> source, ReadOnlySpan<byte> host, out byte[] output, out int consumed)
    {
        (output, consumed) = ([], 0);
        return source switch
        {
            [TlsRecord.Handshake, ..] => RewriteHello(source, host, ref output, out consumed),
            [>= (byte)'A' and <= (byte)'Z', ..] => RewriteRequest(source, host, ref output, ref consumed),
            _ => OperationStatus.Done,
        };
    }

    private static OperationStatus RewriteHello(ReadOnlySpan<byte> source, ReadOnlySpan<byte> host, ref byte[] output, out int consumed)
    {
        byte[] message = new byte[source.Length];
        OperationStatus status = SniCodec.ReadMessage(source, message, out int length, out consumed);
        if (status != OperationStatus.Done)
        {
            return status;
        }

        ReadOnlySpan<byte> hello = message.AsSpan(0, length);
        if (!SniCodec.TryReadNames(hello, out string? name, out string? hidden))
        {
            return OperationStatus.InvalidData;
        }

        if (name is null || hidden is not null)
        {
            consumed = 0; // there is no name to hide, or it is hidden already
            return OperationStatus.Done;
        }

        byte[] rewritten = new byte[length + SniCodec.MaxGrowth];
        int count = SniCodec.Rewrite(hello, TlsRecord.ReadHeader(source).Version, host, Encoding.ASCII.GetBytes(name), rewritten);
        output = rewritten[..count];
        return OperationStatus.Done;
    }

    /// <summary>Looks for the Host field of a request of HTTP/1.</summary>
    private static OperationStatus RewriteRequest(ReadOnlySpan<byte> source, ReadOnlySpan<byte> host, ref byte[] output, ref int consumed)
    {
        int position = 0;
        while (true)
        {
            int length = source[position..].IndexOf((byte)'\n');
            if (length < 0)
            {
                consumed = source.Length + 1;
                return consumed <= SniCodec.MaxLength ? OperationStatus.NeedMoreData : OperationStatus.InvalidData;
            }

            ReadOnlySpan<byte> line = source.Slice(position, length).TrimEnd((byte)'\r');
            if (position == 0 ? line.LastIndexOf(" HTTP/1."u8) != line.Length - " HTTP/1.x".Length : line.IsEmpty)
            {
                return OperationStatus.Done; // another protocol, or no such field
            }

            int end = position + length + 1;
            if (position > 0 && line.Length > 5 && Ascii.EqualsIgnoreCase(line[..5], "Host:"u8))
            {
                output =
                [
                    .. source[..position],
                    .. "Host: "u8, .. host, .. "\r\n"u8,
                    .. HiddenHost.FieldName, .. ": "u8, .. HiddenHost.Encode(line[5..].Trim(" \t"u8)), .. "\r\n"u8,
                ];
                consumed = end;
                return OperationStatus.Done;
            }

            position = end;
        }
    }
}
