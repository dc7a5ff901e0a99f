using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace GostNet.Ssh.Trust;

/// <summary>A line of <c>known_hosts</c> (ssh, section 2.11): <c>[@marker] names type base64 [comment]</c>.</summary>
internal readonly ref struct KnownHostLine
{
    /// <summary>How hashed names begin: HMAC-SHA1 under a salt, both of 20 bytes.</summary>
    private const string HashPrefix = "|1|";

    /// <summary>20 bytes in base64.</summary>
    private const int HashTextLength = 28;

    private KnownHostLine(KnownHostMarker marker, ReadOnlySpan<byte> names, ReadOnlySpan<byte> key)
    {
        Marker = marker;
        Names = names;
        Key = key;
    }

    /// <summary>What it says of the key.</summary>
    public KnownHostMarker Marker { get; }

    /// <summary>Patterns between commas, or one hashed name.</summary>
    public ReadOnlySpan<byte> Names { get; }

    /// <summary>The key, for <see cref="KeyText"/>.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>Whether its name is hashed.</summary>
    public bool IsHashed => Names.StartsWith((byte)'|');

    /// <summary>Takes a line apart.</summary>
    /// <param name="text">The line, without blanks around it.</param>
    /// <param name="line">What is in it.</param>
    /// <param name="problem">What is wrong with it; <see langword="null"/> if it is empty or a comment.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out KnownHostLine line, out string? problem)
    {
        line = default;
        problem = null;
        if (text.IsEmpty || text[0] == '#')
        {
            return false;
        }

        if (text.Contains((byte)0))
        {
            problem = "there is a NUL in it; the file has to be text in UTF-8";
            return false;
        }

        var marker = KnownHostMarker.None;
        ReadOnlySpan<byte> names = KeyText.TakeWord(ref text);
        if (names[0] == '@')
        {
            marker = names.SequenceEqual("@revoked"u8) ? KnownHostMarker.Revoked
                : names.SequenceEqual("@cert-authority"u8) ? KnownHostMarker.CertAuthority
                : KnownHostMarker.None;
            names = KeyText.TakeWord(ref text);
            if (marker == KnownHostMarker.None || names.StartsWith((byte)'@'))
            {
                problem = "its markers are not known; write one of @revoked and @cert-authority, or none";
                return false;
            }
        }

        if (text.IsEmpty)
        {
            problem = "there is no key in it";
            return false;
        }

        line = new(marker, names, text);
        if (line.IsHashed && !line.TryReadHash(stackalloc byte[HMACSHA1.HashSizeInBytes], stackalloc byte[HMACSHA1.HashSizeInBytes]))
        {
            problem = "its hashed name cannot be read";
            return false;
        }

        return true;
    }

    /// <summary>Whether the line is about a host.</summary>
    /// <param name="name">By <see cref="KnownHostName"/>, in UTF-8.</param>
    public bool IsAbout(ReadOnlySpan<byte> name)
    {
        if (!IsHashed)
        {
            return Patterns.IsListMatch(Names, name);
        }

        Span<byte> salt = stackalloc byte[HMACSHA1.HashSizeInBytes];
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
        Span<byte> own = stackalloc byte[HMACSHA1.HashSizeInBytes];
        if (!TryReadHash(salt, hash))
        {
            return false;
        }

        Hash(salt, name, own);
        return own.SequenceEqual(hash);
    }

    /// <summary>Writes a name in its hashed form.</summary>
    public static string HashName(ReadOnlySpan<byte> name, ReadOnlySpan<byte> salt)
    {
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
        Hash(salt, name, hash);
        return $"{HashPrefix}{Convert.ToBase64String(salt)}|{Convert.ToBase64String(hash)}";
    }

    [SuppressMessage("Security", "CA5350", Justification = "The file's format; it keeps names from curious eyes, and proves nothing.")]
    private static void Hash(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> name, Span<byte> hash) => HMACSHA1.HashData(salt, name, hash);

    private bool TryReadHash(Span<byte> salt, Span<byte> hash)
    {
        ReadOnlySpan<byte> names = Names;
        return names.Length == HashPrefix.Length + HashTextLength + 1 + HashTextLength
            && names.StartsWith("|1|"u8)
            && names[HashPrefix.Length + HashTextLength] == '|'
            && TryDecode(names.Slice(HashPrefix.Length, HashTextLength), salt)
            && TryDecode(names[^HashTextLength..], hash);
    }

    private static bool TryDecode(ReadOnlySpan<byte> base64, Span<byte> bytes) =>
        Base64.DecodeFromUtf8(base64, bytes, out _, out int length) == System.Buffers.OperationStatus.Done && length == bytes.Length;
}
