using Org.BouncyCastle.Math.EC.Rfc8032;

namespace GostNet.Ssh.Keys;

/// <summary>Ed25519 (RFC 8032), which .NET does not have. Only what both packages of BouncyCastle have, old and new, is used.</summary>
internal static class BouncyCastleEd25519
{
    public const int SeedSize = 32;
    public const int PublicKeySize = 32;
    public const int SignatureSize = 64;

    public static byte[] DerivePublicKey(byte[] seed)
    {
        byte[] publicKey = new byte[PublicKeySize];
        Ed25519.GeneratePublicKey(seed, 0, publicKey, 0);
        return publicKey;
    }

    public static byte[] Sign(byte[] seed, byte[] publicKey, ReadOnlySpan<byte> data)
    {
        byte[] message = data.ToArray();
        byte[] signature = new byte[SignatureSize];
        Ed25519.Sign(seed, 0, publicKey, 0, message, 0, message.Length, signature, 0);
        return signature;
    }

    public static bool Verify(byte[] publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        byte[] message = data.ToArray();
        return signature.Length == SignatureSize && Ed25519.Verify(signature.ToArray(), 0, publicKey, 0, message, 0, message.Length);
    }
}
