using Org.BouncyCastle.Math.EC.Rfc7748;

namespace GostNet.Ssh.KeyExchange;

/// <summary>X25519, which .NET does not have (RFC 7748). Only what both packages of BouncyCastle have, old and new, is used.</summary>
internal static class BouncyCastleX25519
{
    /// <summary>The bytes of a private key, of a public key and of a secret.</summary>
    public const int Size = 32;

    /// <summary>The public key that goes with a private one.</summary>
    public static byte[] GetPublicKey(byte[] privateKey)
    {
        byte[] publicKey = new byte[Size];
        X25519.ScalarMultBase(privateKey, 0, publicKey, 0);
        return publicKey;
    }

    /// <summary>Computes the secret of two keys.</summary>
    /// <returns>Whether it is one; if it is all zero, then the peer's key is a point of small order, and everybody knows it.</returns>
    public static bool TryAgree(byte[] privateKey, ReadOnlySpan<byte> publicKey, byte[] secret) =>
        X25519.CalculateAgreement(privateKey, 0, publicKey.ToArray(), 0, secret, 0);
}
