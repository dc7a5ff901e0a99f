using System.Security.Cryptography;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.KeyExchange;

/// <summary>Encodes shared secrets as the exchange hash takes them, and clears what they were made of.</summary>
internal static class EncodedSecret
{
    /// <summary>The secret as an mpint.</summary>
    /// <param name="secret">Its bytes, the most significant first, zeros included. Cleared.</param>
    public static byte[] Mpint(byte[] secret) => Encode(secret, isMpint: true);

    /// <summary>The secret as a string.</summary>
    /// <param name="secret">Its bytes. Cleared.</param>
    public static byte[] String(byte[] secret) => Encode(secret, isMpint: false);

    private static byte[] Encode(byte[] secret, bool isMpint)
    {
        var writer = new SshWriter(secret.Length + sizeof(uint) + 1);
        _ = isMpint ? writer.Mpint(secret) : writer.String(secret);
        byte[] encoded = writer.ToArray();
        writer.Clear();
        CryptographicOperations.ZeroMemory(secret);
        return encoded;
    }
}
