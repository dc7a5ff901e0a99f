using System.Security.Cryptography;

namespace GostNet.Ssh.Keys;

/// <summary>The other half of an <see cref="Ed25519PublicKey"/>.</summary>
internal sealed class Ed25519PrivateKey : SshPrivateKey
{
    private readonly byte[] _seed;
    private readonly byte[] _point;
    private bool _isDisposed;

    /// <summary>Makes a key of its 32 secret bytes, which are copied.</summary>
    public Ed25519PrivateKey(ReadOnlySpan<byte> seed)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(seed.Length, BouncyCastleEd25519.SeedSize);
        _seed = seed.ToArray();
        _point = BouncyCastleEd25519.DerivePublicKey(_seed);
        PublicKey = new Ed25519PublicKey(_point);
    }

    public override SshPublicKey PublicKey { get; }

    /// <summary>The secret.</summary>
    public ReadOnlySpan<byte> Seed => _seed;

    /// <summary>The public key's 32 bytes.</summary>
    public ReadOnlySpan<byte> Point => _point;

    /// <summary>Makes a new key.</summary>
    public static Ed25519PrivateKey Generate()
    {
        Span<byte> seed = stackalloc byte[BouncyCastleEd25519.SeedSize];
        RandomNumberGenerator.Fill(seed);
        var key = new Ed25519PrivateKey(seed);
        CryptographicOperations.ZeroMemory(seed);
        return key;
    }

    public override void Dispose()
    {
        _isDisposed = true;
        CryptographicOperations.ZeroMemory(_seed);
    }

    protected override byte[] SignRaw(string algorithm, ReadOnlySpan<byte> data)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return BouncyCastleEd25519.Sign(_seed, _point, data);
    }
}
