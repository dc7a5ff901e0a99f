using System.Security.Cryptography;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.KeyExchange;

/// <summary>One side's keys for X25519, alone or as half of a hybrid method (RFC 8731).</summary>
internal sealed class X25519KeyPair : IDisposable
{
    /// <summary>The bytes of a public key.</summary>
    public const int Size = BouncyCastleX25519.Size;

    private readonly byte[] _privateKey;

    /// <summary>Makes a pair of a private key, which is cleared by <see cref="Dispose"/>.</summary>
    public X25519KeyPair(byte[] privateKey)
    {
        _privateKey = privateKey;
        PublicKey = BouncyCastleX25519.GetPublicKey(privateKey);
    }

    /// <summary>What the peer is told.</summary>
    public byte[] PublicKey { get; }

    /// <summary>Makes a new pair.</summary>
    public static X25519KeyPair Generate() => new(RandomNumberGenerator.GetBytes(Size));

    /// <summary>Computes the secret, of <see cref="Size"/> bytes.</summary>
    /// <exception cref="SshException">That is not a public key, or one that makes no secret.</exception>
    public byte[] Agree(ReadOnlySpan<byte> peerKey)
    {
        if (peerKey.Length != Size)
        {
            throw SshException.KeyExchange($"The peer's X25519 key has {peerKey.Length} bytes instead of {Size}.");
        }

        byte[] secret = new byte[Size];
        return BouncyCastleX25519.TryAgree(_privateKey, peerKey, secret)
            ? secret
            : throw SshException.KeyExchange("The peer's X25519 key is a point of small order.");
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_privateKey);
}
