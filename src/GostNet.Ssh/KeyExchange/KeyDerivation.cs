using System.Security.Cryptography;

namespace GostNet.Ssh.KeyExchange;

/// <summary>Makes keys of a shared secret (RFC 4253, section 7.2).</summary>
internal static class KeyDerivation
{
    public const char IvToServer = 'A';
    public const char IvToClient = 'B';
    public const char KeyToServer = 'C';
    public const char KeyToClient = 'D';
    public const char MacKeyToServer = 'E';
    public const char MacKeyToClient = 'F';

    /// <summary>The longest hash, that of SHA-512.</summary>
    private const int MaxHashSize = 64;

    /// <summary>Derives one key.</summary>
    /// <param name="hash">The method's.</param>
    /// <param name="encodedSecret">K, with its length, as a <see cref="KeyExchangeMethod"/> gives it.</param>
    /// <param name="exchangeHash">H of this exchange.</param>
    /// <param name="letter">Which key: one of the constants here.</param>
    /// <param name="sessionId">H of the connection's first exchange.</param>
    /// <param name="destination">The key; it has as many bytes as it needs.</param>
    public static void Derive(
        HashAlgorithmName hash,
        ReadOnlySpan<byte> encodedSecret,
        ReadOnlySpan<byte> exchangeHash,
        char letter,
        ReadOnlySpan<byte> sessionId,
        Span<byte> destination)
    {
        using var hashing = IncrementalHash.CreateHash(hash);
        Span<byte> block = stackalloc byte[MaxHashSize];
        for (int done = 0; done < destination.Length;)
        {
            hashing.AppendData(encodedSecret);
            hashing.AppendData(exchangeHash);
            if (done == 0)
            {
                hashing.AppendData([(byte)letter]);
                hashing.AppendData(sessionId);
            }
            else
            {
                hashing.AppendData(destination[..done]);
            }

            int count = Math.Min(hashing.GetHashAndReset(block), destination.Length - done);
            block[..count].CopyTo(destination[done..]);
            done += count;
        }

        CryptographicOperations.ZeroMemory(block);
    }
}
