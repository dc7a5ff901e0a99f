using System.Buffers;
using System.Security.Cryptography;
using GostNet.Internal.Ciphers;
using GostNet.Protocols.Socks;

namespace GostNet.Protocols.Shadowsocks;

/// <summary>One datagram: salt or IV, and behind it address and payload, encrypted, with the tag if there is one (proxies, section 5.5).
/// Everything is done in place.</summary>
internal static class ShadowsocksDatagramCodec
{
    /// <summary>Encrypts address and payload, which stand in the packet where they are to be, and chooses a salt.</summary>
    /// <param name="key">The key.</param>
    /// <param name="packet">The whole packet: room for the salt, address and payload, room for the tag.</param>
    public static void Seal(ShadowsocksKey key, Span<byte> packet)
    {
        RandomNumberGenerator.Fill(packet[..key.Method.SaltSize]);
        SealWithSalt(key, packet);
    }

    /// <summary>The same with the salt that is there.</summary>
    public static void SealWithSalt(ShadowsocksKey key, Span<byte> packet)
    {
        ReadOnlySpan<byte> salt = packet[..key.Method.SaltSize];
        Span<byte> body = packet[key.Method.SaltSize..];
        if (key.Method.CreateAead is null)
        {
            using StreamCipher cipher = key.CreateStream(salt, encrypts: true);
            cipher.Transform(body, body);
        }
        else
        {
            using AeadCipher cipher = key.CreateAead(salt);
            cipher.Seal(stackalloc byte[AeadCipher.NonceSize], body[..^AeadCipher.TagSize], body);
        }
    }

    /// <summary>Decrypts a packet and finds the parts of it. They begin behind the salt.</summary>
    /// <param name="key">The key.</param>
    /// <param name="packet">The packet.</param>
    /// <param name="addressLength">The length of the address, from ATYP to port.</param>
    /// <param name="length">The length of address and payload together.</param>
    /// <returns>Whether it was encrypted with this key, as far as that can be seen, and begins with an address.</returns>
    public static bool TryOpen(ShadowsocksKey key, Span<byte> packet, out int addressLength, out int length)
    {
        length = packet.Length - key.Overhead;
        addressLength = 0;
        return length > 0 && TryDecrypt(key, packet)
            && Socks5Address.ReadLength(packet.Slice(key.Method.SaltSize, length), out addressLength) == OperationStatus.Done;
    }

    private static bool TryDecrypt(ShadowsocksKey key, Span<byte> packet)
    {
        ReadOnlySpan<byte> salt = packet[..key.Method.SaltSize];
        Span<byte> body = packet[key.Method.SaltSize..];
        if (key.Method.CreateAead is not null)
        {
            using AeadCipher opening = key.CreateAead(salt);
            return opening.TryOpen(stackalloc byte[AeadCipher.NonceSize], body, body);
        }

        using StreamCipher cipher = key.CreateStream(salt, encrypts: false);
        cipher.Transform(body, body);
        return true;
    }
}
