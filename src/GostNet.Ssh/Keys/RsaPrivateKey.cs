using System.Numerics;
using System.Security.Cryptography;

namespace GostNet.Ssh.Keys;

/// <summary>The other half of an <see cref="RsaPublicKey"/>.</summary>
internal sealed class RsaPrivateKey : SshPrivateKey
{
    private readonly RSA _key;
    private readonly Lock _lock = new(); // The class does not say that it may be used by several threads.

    private RsaPrivateKey(RSA key, RsaPublicKey publicKey)
    {
        _key = key;
        PublicKey = publicKey;
    }

    public override SshPublicKey PublicKey { get; }

    /// <summary>Makes a key of its numbers.</summary>
    /// <param name="n">The modulus.</param>
    /// <param name="e">The public exponent.</param>
    /// <param name="d">The private exponent.</param>
    /// <param name="p">The first prime.</param>
    /// <param name="q">The second prime.</param>
    /// <param name="inverseQ">The inverse of q modulo p.</param>
    /// <exception cref="SshKeyException">They are not those of a key, or of one that is too small or too big.</exception>
    public static RsaPrivateKey Create(
        ReadOnlySpan<byte> n,
        ReadOnlySpan<byte> e,
        ReadOnlySpan<byte> d,
        ReadOnlySpan<byte> p,
        ReadOnlySpan<byte> q,
        ReadOnlySpan<byte> inverseQ)
    {
        RsaPublicKey publicKey = RsaPublicKey.TryCreate(n, e, out string? problem) ?? throw SshKeyException.Unsupported(problem!);
        int size = n.Length;
        int half = (size + 1) / 2;
        if (d.Length > size || p.Length > half || q.Length > half || inverseQ.Length > half)
        {
            throw SshKeyException.Malformed("A number of the RSA key is longer than it can be.");
        }

        // What OpenSSH's files leave out is computed. BigInteger leaves copies in memory that cannot be overwritten.
        (BigInteger prime1, BigInteger prime2, BigInteger exponent) = (Number(p), Number(q), Number(d));
        if (prime1 * prime2 != Number(n))
        {
            throw SshKeyException.Malformed("The modulus of the RSA key is not the product of its primes.");
        }

        var parameters = new RSAParameters
        {
            Modulus = n.ToArray(),
            Exponent = e.ToArray(),
            D = Pad(d, size),
            P = Pad(p, half),
            Q = Pad(q, half),
            DP = Pad((exponent % (prime1 - 1)).ToByteArray(isUnsigned: true, isBigEndian: true), half),
            DQ = Pad((exponent % (prime2 - 1)).ToByteArray(isUnsigned: true, isBigEndian: true), half),
            InverseQ = Pad(inverseQ, half),
        };
        try
        {
            var key = new RsaPrivateKey(RSA.Create(parameters), publicKey);
            key.CheckHalves();
            return key;
        }
        catch (CryptographicException exception)
        {
            throw SshKeyException.Malformed("The numbers of the RSA key are not those of a key.", exception);
        }
        finally
        {
            foreach (byte[] secret in new[] { parameters.D, parameters.P, parameters.Q, parameters.DP, parameters.DQ, parameters.InverseQ })
            {
                CryptographicOperations.ZeroMemory(secret);
            }
        }
    }

    public override void Dispose() => _key.Dispose();

    protected override byte[] SignRaw(string algorithm, ReadOnlySpan<byte> data)
    {
        lock (_lock)
        {
            return _key.SignData(data, RsaPublicKey.HashOf(algorithm), RSASignaturePadding.Pkcs1);
        }
    }

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static byte[] Pad(ReadOnlySpan<byte> number, int size)
    {
        byte[] padded = new byte[size];
        number.CopyTo(padded.AsSpan(size - number.Length));
        return padded;
    }
}
