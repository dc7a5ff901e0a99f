using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace GostNet.Protocols.Http;

/// <summary>GOST's way to write a host where another one stands in its place (proxies, section 3.3): Base64 of a checksum and of
/// Base64 of the name. It hides the name from a glance, and proves nothing.</summary>
internal static class HiddenHost
{
    private const int ChecksumLength = sizeof(uint);
    private const uint Crc32Polynomial = 0xEDB88320; // IEEE 802.3, reflected

    private static readonly SearchValues<byte> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8);

    /// <summary>The header field that has it.</summary>
    public static ReadOnlySpan<byte> FieldName => "Gost-Target"u8;

    /// <summary>Writes a name.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> name)
    {
        byte[] inner = new byte[ChecksumLength + Base64Url.GetEncodedLength(name.Length)];
        BinaryPrimitives.WriteUInt32BigEndian(inner, Checksum(name));
        Base64Url.EncodeToUtf8(name, inner.AsSpan(ChecksumLength));
        return Base64Url.EncodeToUtf8(inner);
    }

    /// <summary>Reads a name.</summary>
    /// <returns><see langword="false"/> if it is not Base64, or the checksum is not the name's.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> text, [NotNullWhen(true)] out byte[]? name)
    {
        name = null;
        if (!TryDecodeBase64(text, out byte[]? inner) || inner.Length < ChecksumLength
            || !TryDecodeBase64(inner.AsSpan(ChecksumLength), out byte[]? decoded)
            || Checksum(decoded) != BinaryPrimitives.ReadUInt32BigEndian(inner))
        {
            return false;
        }

        name = decoded;
        return true;
    }

    private static bool TryDecodeBase64(ReadOnlySpan<byte> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text.ContainsAnyExcept(Alphabet))
        {
            return false; // the decoder would take padding and blanks
        }

        byte[] space = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (Base64Url.DecodeFromUtf8(text, space, out _, out int count) != OperationStatus.Done)
        {
            return false;
        }

        bytes = space[..count];
        return true;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * Crc32Polynomial);
            }
        }

        return ~crc;
    }
}
