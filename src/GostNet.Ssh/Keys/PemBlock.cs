using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace GostNet.Ssh.Keys;

/// <summary>A private key in PEM: a label, perhaps headers as of RFC 1421, and base64.</summary>
internal readonly ref struct PemBlock
{
    private readonly ReadOnlySpan<byte> _headers;
    private readonly ReadOnlySpan<byte> _body;

    private PemBlock(string label, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> body)
    {
        Label = label;
        _headers = headers;
        _body = body;
    }

    private static ReadOnlySpan<byte> Begin => "-----BEGIN "u8;

    private static ReadOnlySpan<byte> Dashes => "-----"u8;

    /// <summary>What it says to be: something that ends with <c>PRIVATE KEY</c>.</summary>
    public string Label { get; }

    /// <summary>Finds the first private key; whatever stands before it, as curves and certificates may, is passed over.</summary>
    /// <param name="text">A file.</param>
    /// <param name="block">The key.</param>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="SshKeyException">There is the beginning of one only.</exception>
    public static bool TryFind(ReadOnlySpan<byte> text, out PemBlock block)
    {
        block = default;
        for (int at = text.IndexOf(Begin); at >= 0; at = text.IndexOf(Begin))
        {
            text = text[(at + Begin.Length)..];
            int labelLength = text[..Math.Min(text.Length, KeyAlgorithms.MaxNameLength)].IndexOf(Dashes);
            if (labelLength < 0 || !text[..labelLength].EndsWith("PRIVATE KEY"u8))
            {
                continue;
            }

            ReadOnlySpan<byte> label = text[..labelLength];
            ReadOnlySpan<byte> content = text[(labelLength + Dashes.Length)..];
            int end = content.IndexOf([.. "-----END "u8, .. label, .. Dashes]);
            if (end < 0)
            {
                throw SshKeyException.Malformed("The private key has no last line, which says END.");
            }

            content = content[..end].Trim(" \t\r\n"u8);
            int headersLength = content.Contains((byte)':') ? FindBlankLine(content) : 0;
            block = new(Encoding.ASCII.GetString(label), content[..headersLength], content[headersLength..]);
            return true;
        }

        return false;
    }

    /// <summary>The value of a header, or nothing.</summary>
    public ReadOnlySpan<byte> FindHeader(ReadOnlySpan<byte> name)
    {
        foreach (Range range in _headers.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = _headers[range];
            if (line.StartsWith(name) && line[name.Length..].StartsWith(":"u8))
            {
                return line[(name.Length + 1)..].Trim(" \t\r"u8);
            }
        }

        return default;
    }

    /// <summary>Decodes the base64. Whoever calls overwrites it when done.</summary>
    /// <exception cref="SshKeyException">It is none.</exception>
    public byte[] Decode()
    {
        byte[] buffer = new byte[Base64.GetMaxDecodedFromUtf8Length(_body.Length)];
        OperationStatus status = Base64.DecodeFromUtf8(_body, buffer, out int consumed, out int written);
        byte[] result = buffer.AsSpan(0, written).ToArray();
        CryptographicOperations.ZeroMemory(buffer);
        if (status == OperationStatus.Done && consumed == _body.Length)
        {
            return result;
        }

        CryptographicOperations.ZeroMemory(result);
        throw SshKeyException.Malformed("What stands between the first and the last line of the private key is not base64.");
    }

    private static int FindBlankLine(ReadOnlySpan<byte> content)
    {
        int unix = content.IndexOf("\n\n"u8);
        int windows = content.IndexOf("\n\r\n"u8);
        return Math.Max(0, unix < 0 || (windows >= 0 && windows < unix) ? windows : unix);
    }
}
