using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using GostNet.Ssh.Keys;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Trust;

/// <summary>A key as files have it: the type, a blank, and the blob in base64.</summary>
internal static class KeyText
{
    /// <summary>Reads a key, and what stands behind it is passed over.</summary>
    /// <param name="text">From the type on.</param>
    /// <param name="blob">Room for the blob, as long as the text.</param>
    /// <param name="length">How long the blob is.</param>
    /// <param name="problem">What is wrong.</param>
    /// <returns>Whether there is a blob that is of the type and whole. Whether its numbers are a key is not looked at: that takes up to a
    /// millisecond, and a line whose numbers are none is never the line of a key that has proved itself.</returns>
    public static bool TryRead(ReadOnlySpan<byte> text, Span<byte> blob, out int length, [NotNullWhen(false)] out string? problem)
    {
        length = 0;
        ReadOnlySpan<byte> type = TakeWord(ref text);
        ReadOnlySpan<byte> base64 = TakeWord(ref text);
        problem = null;
        if (base64.IsEmpty)
        {
            problem = "there is no key in it";
        }
        else if (Base64.DecodeFromUtf8(base64, blob, out _, out length) != System.Buffers.OperationStatus.Done)
        {
            problem = "the key is not base64";
        }
        else if (TypeOf(blob[..length]) is not { } inner || !Ascii.Equals(type, inner))
        {
            problem = $"the key is not of the type {PeerText.Escape(type)}";
        }
        else if (!IsWhole(blob[..length]))
        {
            problem = "the key is cut short, or something follows it";
        }

        return problem is null;
    }

    /// <summary>The type within a blob; <see langword="null"/> if there is none.</summary>
    public static string? TypeOf(ReadOnlySpan<byte> blob) =>
        new SshReader(blob).TryReadName(KeyAlgorithms.MaxNameLength, out string type) && type.Length > 0 ? type : null;

    /// <summary>Whether keys of a type are taken here.</summary>
    public static bool IsSupported(string type) => type is KeyAlgorithms.Ed25519 or KeyAlgorithms.Rsa
        or KeyAlgorithms.EcdsaNistP256 or KeyAlgorithms.EcdsaNistP384 or KeyAlgorithms.EcdsaNistP521;

    /// <summary>Takes what stands before the next blanks, and passes over them.</summary>
    public static ReadOnlySpan<byte> TakeWord(scoped ref ReadOnlySpan<byte> text)
    {
        int end = text.IndexOfAny((byte)' ', (byte)'\t');
        ReadOnlySpan<byte> word = end < 0 ? text : text[..end];
        text = text[word.Length..].TrimStart(" \t"u8);
        return word;
    }

    /// <summary>Whether a blob is strings, as those of all types are, to its end.</summary>
    private static bool IsWhole(ReadOnlySpan<byte> blob)
    {
        var reader = new SshReader(blob);
        while (!reader.IsAtEnd)
        {
            if (!reader.TryReadString(out _))
            {
                return false;
            }
        }

        return true;
    }
}
