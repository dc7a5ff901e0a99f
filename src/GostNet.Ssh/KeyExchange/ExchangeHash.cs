using System.Buffers.Binary;
using System.Security.Cryptography;

namespace GostNet.Ssh.KeyExchange;

/// <summary>The hash H of one key exchange, which the server signs (RFC 4253, section 8; RFC 5656, section 4).</summary>
internal static class ExchangeHash
{
    /// <summary>Computes it. The first one of a connection is its session id.</summary>
    /// <param name="hash">The method's.</param>
    /// <param name="clientVersion">V_C, the client's version line without its end.</param>
    /// <param name="serverVersion">V_S, the server's.</param>
    /// <param name="clientKexInit">I_C, the payload of the client's KEXINIT.</param>
    /// <param name="serverKexInit">I_S, the server's.</param>
    /// <param name="hostKey">K_S, the blob of the host key.</param>
    /// <param name="clientValue">Q_C or e, the contents of the string or mpint.</param>
    /// <param name="serverValue">Q_S or f, the contents of the string or mpint.</param>
    /// <param name="encodedSecret">K, with its length, as a <see cref="KeyExchangeMethod"/> gives it.</param>
    public static byte[] Compute(
        HashAlgorithmName hash,
        ReadOnlySpan<byte> clientVersion,
        ReadOnlySpan<byte> serverVersion,
        ReadOnlySpan<byte> clientKexInit,
        ReadOnlySpan<byte> serverKexInit,
        ReadOnlySpan<byte> hostKey,
        ReadOnlySpan<byte> clientValue,
        ReadOnlySpan<byte> serverValue,
        ReadOnlySpan<byte> encodedSecret)
    {
        using var hashing = IncrementalHash.CreateHash(hash);
        AppendString(hashing, clientVersion);
        AppendString(hashing, serverVersion);
        AppendString(hashing, clientKexInit);
        AppendString(hashing, serverKexInit);
        AppendString(hashing, hostKey);
        AppendString(hashing, clientValue);
        AppendString(hashing, serverValue);
        hashing.AppendData(encodedSecret);
        return hashing.GetHashAndReset();
    }

    private static void AppendString(IncrementalHash hashing, ReadOnlySpan<byte> value)
    {
        Span<byte> length = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteInt32BigEndian(length, value.Length);
        hashing.AppendData(length);
        hashing.AppendData(value);
    }
}
