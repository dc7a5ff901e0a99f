using System.Diagnostics.CodeAnalysis;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Keys;

/// <summary>Reads public keys as they travel (ssh, section 2.8).</summary>
internal static class PublicKeys
{
    /// <summary>Reads a key, and checks everything about it that can be checked without its other half.</summary>
    /// <param name="blob">The key, without a length of its own. It is copied.</param>
    /// <param name="key">The key. Two keys are the same if their blobs are: each can be written in one way only.</param>
    /// <param name="problem">Why it is not taken, as a sentence in which what a peer wrote is escaped.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> blob, [NotNullWhen(true)] out SshPublicKey? key, [NotNullWhen(false)] out string? problem)
    {
        key = null;
        var reader = new SshReader(blob);
        if (!reader.TryReadString(out ReadOnlySpan<byte> name))
        {
            problem = "The key does not begin with its type.";
            return false;
        }

        problem = null;
        if (name.SequenceEqual("ssh-ed25519"u8))
        {
            key = Ed25519PublicKey.TryRead(ref reader, out problem);
        }
        else if (name.SequenceEqual("ssh-rsa"u8))
        {
            key = RsaPublicKey.TryRead(ref reader, out problem);
        }
        else if (EcdsaCurve.FindByKeyType(name) is { } curve)
        {
            key = EcdsaPublicKey.TryRead(curve, ref reader, out problem);
        }
        else
        {
            problem = DescribeUnknown(name);
        }

        if (key is not null && !reader.IsAtEnd)
        {
            key = null;
            problem = "Something follows the key.";
        }

        return key is not null;
    }

    /// <summary>Why keys of a type are not taken.</summary>
    public static string DescribeUnknown(ReadOnlySpan<byte> type)
    {
        string name = PeerText.Escape(type);
        if (type.IndexOf("-cert-v0"u8) >= 0)
        {
            return $"Certificates are not supported: {name}.";
        }

        return type.StartsWith("sk-"u8)
            ? $"Keys on security tokens are not supported: {name}."
            : $"Keys of this type are not supported: {name}.";
    }
}
