using System.Buffers.Binary;
using GostNet.Internal.Ciphers;
using GostNet.Protocols.Shadowsocks;

namespace GostNet.Tests.Protocols.Shadowsocks;

/// <summary>What a client of any kind could put on the wire.</summary>
internal static class ShadowsocksWire
{
    public const string Password = "right-password";

    /// <summary>192.0.2.1:80.</summary>
    public static byte[] Address => ScriptedPeer.Hex("01 c0000201 0050");

    public static ShadowsocksKey Key(string method) => ShadowsocksKey.Create(method, Password);

    /// <summary>Salt and one message that begins the stream.</summary>
    public static byte[] First(ShadowsocksKey key, byte seed, params byte[] plain) => [.. Salt(key, seed), .. Body(key, seed, plain)];

    public static byte[] Salt(ShadowsocksKey key, byte seed) => [.. Enumerable.Range(seed, key.Method.SaltSize).Select(i => (byte)i)];

    /// <summary>One datagram.</summary>
    public static byte[] Datagram(ShadowsocksKey key, byte seed, params byte[] plain)
    {
        byte[] packet = [.. Salt(key, seed), .. plain, .. new byte[key.Method.TagSize]];
        ShadowsocksDatagramCodec.SealWithSalt(key, packet);
        return packet;
    }

    /// <summary>Salt and a chunk that says to be of a length, with no more payload than is given.</summary>
    public static byte[] ChunkOfLength(ShadowsocksKey key, byte seed, ushort length, byte[] payload)
    {
        byte[] salt = Salt(key, seed);
        using AeadCipher cipher = key.CreateAead(salt);
        byte[] header = new byte[ShadowsocksChunks.HeaderSize];
        byte[] body = new byte[payload.Length + AeadCipher.TagSize];
        byte[] plain = new byte[2];
        byte[] nonce = new byte[AeadCipher.NonceSize];
        BinaryPrimitives.WriteUInt16BigEndian(plain, length);
        cipher.Seal(nonce, plain, header);
        nonce[0] = 1;
        cipher.Seal(nonce, payload, body);
        return [.. salt, .. header, .. body];
    }

    private static byte[] Body(ShadowsocksKey key, byte seed, byte[] plain)
    {
        if (key.Method.CreateAead is not null)
        {
            return ChunkOfLength(key, seed, (ushort)plain.Length, plain)[key.Method.SaltSize..];
        }

        using StreamCipher cipher = key.CreateStream(Salt(key, seed), encrypts: true);
        byte[] body = new byte[plain.Length];
        cipher.Transform(plain, body);
        return body;
    }
}
