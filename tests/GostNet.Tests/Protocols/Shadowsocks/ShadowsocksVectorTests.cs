using System.Security.Cryptography;
using System.Text.Json;
using GostNet.Internal.Ciphers;
using GostNet.Protocols.Shadowsocks;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols.Shadowsocks;

public sealed class ShadowsocksVectorTests
{
    public static TheoryData<string> Methods => ShadowsocksVectors.Methods;

    [Fact]
    public void DeriveKey_EachPasswordAndSize_IsTheRecordedOne()
    {
        foreach (JsonElement vector in ShadowsocksVectors.Root.GetProperty("evp_bytes_to_key").EnumerateArray())
        {
            string password = vector.GetProperty("password").GetString()!;
            Assert.Equal(vector.Hex("key"), ShadowsocksKey.DeriveKey(password, vector.GetProperty("key_len").GetInt32()));
        }
    }

    [Fact]
    public void DeriveSubkey_EachMethod_IsTheRecordedOne()
    {
        foreach (JsonElement vector in ShadowsocksVectors.Root.GetProperty("hkdf_sha1_ss_subkey").EnumerateArray())
        {
            ShadowsocksKey key = ShadowsocksKey.Create(vector.GetProperty("method").GetString()!, ShadowsocksVectors.Password);
            byte[] subkey = new byte[key.Method.KeySize];
            key.DeriveSubkey(vector.Hex("salt"), subkey);
            Assert.Equal(vector.Hex("subkey"), subkey);
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Sizes_OfEachMethod_AreTheRecordedOnes(string method)
    {
        JsonElement vector = ShadowsocksVectors.Of(method);
        ShadowsocksMethod found = ShadowsocksMethods.Find(method);
        Assert.Equal(vector.GetProperty("key_len").GetInt32(), found.KeySize);
        Assert.Equal(vector.Salt().Length, found.SaltSize);
        Assert.Equal(!vector.TryGetProperty("subkey", out _), found.IsWeak);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Write_AddressAndPayloads_GivesTheRecordedBytes(string method)
    {
        (byte[] first, byte[] second) = Parts(method);
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        await using ShadowsocksConnection connection = Open(near, method, ShadowsocksVectors.IPv4, new ManualTimeProvider());

        await connection.Stream.WriteAsync(ShadowsocksVectors.Payload1);
        Assert.Equal(first, await far.ReadAsync(first.Length).OrFail());
        await connection.Stream.WriteAsync(ShadowsocksVectors.Payload2);
        await connection.CompleteWritesAsync();
        Assert.Equal(second, await far.ReadToEndAsync().OrFail());
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Write_PayloadAfterAWhile_SendsTheAddressAlone(string method)
    {
        JsonElement vector = ShadowsocksVectors.Of(method);
        (byte[] first, byte[] second) = Parts(method);
        byte[] expected = vector.TryGetProperty("tcp_wire_address_in_own_chunk", out _)
            ? vector.Hex("tcp_wire_address_in_own_chunk")
            : [.. first, .. second];
        ManualTimeProvider clock = new();
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        await using ShadowsocksConnection connection = Open(near, method, ShadowsocksVectors.IPv4, clock);

        clock.Advance(ShadowsocksStream.AddressDelay);
        int size = vector.Salt().Length + ShadowsocksVectors.IPv4.Length + (ShadowsocksMethods.Find(method).IsWeak ? 0 : 34);
        Assert.Equal(expected[..size], await far.ReadAsync(size).OrFail());
        await connection.Stream.WriteAsync(ShadowsocksVectors.Payload1);
        if (ShadowsocksMethods.Find(method).IsWeak)
        {
            await connection.Stream.WriteAsync(ShadowsocksVectors.Payload2);
        }

        await connection.CompleteWritesAsync();
        Assert.Equal(expected[size..], await far.ReadToEndAsync().OrFail());
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Read_RecordedBytesInPiecesOfEachSize_GivesWhatWasWritten(string method)
    {
        (byte[] first, byte[] second) = Parts(method);
        byte[] wire = [.. first, .. second];
        byte[] plain = [.. ShadowsocksVectors.IPv4, .. ShadowsocksVectors.Payload1, .. ShadowsocksVectors.Payload2];
        for (int size = 1; size <= wire.Length; size++)
        {
            ScriptedPeer peer = new(maxRead: size);
            await peer.SendAsync(wire);
            peer.End();
            await using ShadowsocksConnection connection = ShadowsocksConnection.Accept(peer.Near, Key(method), TimeProvider.System);
            Assert.Equal(plain, await ScriptedPeer.ReadToEndAsync(connection));
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Write_AnAddressAsText_GivesTheRecordedBytes(string method)
    {
        JsonElement vector = ShadowsocksVectors.Of(method);
        if (!vector.TryGetProperty("tcp_first_domain", out _))
        {
            Assert.False(ShadowsocksMethods.Find(method).IsWeak);
            return;
        }

        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        await using ShadowsocksConnection connection = Open(near, method, ShadowsocksVectors.Address("domain_holding_an_ip_literal_as_gost_2_8_1_ss_client_sends"), new ManualTimeProvider());

        await connection.Stream.WriteAsync(ShadowsocksVectors.Payload1);
        await connection.CompleteWritesAsync();

        Assert.Equal(vector.Hex("tcp_first_domain"), await far.ReadToEndAsync().OrFail());
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Datagram_EachWay_IsTheRecordedOne(string method)
    {
        JsonElement vector = ShadowsocksVectors.Of(method);
        ShadowsocksKey key = Key(method);
        byte[] wire = vector.Hex("udp_wire");
        byte[] plain = [.. ShadowsocksVectors.IPv4, .. ShadowsocksVectors.UdpPayload];

        byte[] packet = [.. vector.Salt(), .. plain, .. new byte[key.Method.TagSize]];
        ShadowsocksDatagramCodec.SealWithSalt(key, packet);
        Assert.Equal(wire, packet);

        Assert.True(ShadowsocksDatagramCodec.TryOpen(key, packet, out int addressLength, out int length));
        Assert.Equal(ShadowsocksVectors.IPv4.Length, addressLength);
        Assert.Equal(plain, packet[key.Method.SaltSize..(key.Method.SaltSize + length)]);
    }

    /// <summary>The stream ciphers alone, in pieces of odd sizes, in place and not.</summary>
    [Theory]
    [MemberData(nameof(Methods))]
    public void LongStream_InPiecesOfEachSize_HasTheRecordedHash(string method)
    {
        ShadowsocksKey key = Key(method);
        if (key.Method.CreateStream is null)
        {
            return; // in the next test
        }

        JsonElement vector = ShadowsocksVectors.Of(method);
        byte[] plain = ShadowsocksVectors.Long;
        foreach (int seed in (int[])[0, 1, 2, 3])
        {
            Random random = new(seed);
            byte[] data = [.. plain];
            Transform(encrypts: true);
            Assert.Equal(vector.GetProperty("long_sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(data)));
            Transform(encrypts: false);
            Assert.Equal(plain, data);

            void Transform(bool encrypts)
            {
                using StreamCipher cipher = key.CreateStream(vector.Salt(), encrypts);
                for (int start = 0, count; start < data.Length; start += count)
                {
                    count = Math.Min(seed == 0 ? data.Length : random.Next(1, random.Next(2) == 0 ? 40 : 9000), data.Length - start);
                    Span<byte> part = data.AsSpan(start, count);
                    cipher.Transform(random.Next(2) == 0 ? part : part.ToArray(), part);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task LongWrite_OverAConnection_HasTheRecordedHash(string method)
    {
        JsonElement vector = ShadowsocksVectors.Of(method);
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair(bufferSize: 1 << 20);
        await using ShadowsocksConnection connection = Open(near, method, [], TimeProvider.System);

        if (ShadowsocksMethods.Find(method).IsWeak)
        {
            await connection.Stream.WriteAsync(ShadowsocksVectors.Long);
        }
        else
        {
            foreach (byte[] chunk in ShadowsocksVectors.Long.Chunk(ShadowsocksChunks.MaxPayload))
            {
                await connection.Stream.WriteAsync(chunk);
            }
        }

        await connection.CompleteWritesAsync();
        byte[] wire = await far.ReadToEndAsync().OrFail();
        Assert.Equal(
            vector.GetProperty("long_sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(wire.AsSpan(vector.Salt().Length))));
    }

    /// <summary>The cipher that stands in for the system's where that has none.</summary>
    [Fact]
    public void ChaCha20Poly1305_OfBouncyCastle_IsTheSystems()
    {
        byte[] key = RandomNumberGenerator.GetBytes(32);
        using AeadCipher ours = BouncyCastleCiphers.CreateChaCha20Poly1305(key);
        using AeadCipher system = new ChaCha20Poly1305Cipher(key);
        foreach (int size in (int[])[0, 1, 63, 64, 1000, ShadowsocksChunks.MaxPayload])
        {
            byte[] nonce = RandomNumberGenerator.GetBytes(AeadCipher.NonceSize);
            byte[] plain = RandomNumberGenerator.GetBytes(size);
            byte[] expected = new byte[size + AeadCipher.TagSize];
            system.Seal(nonce, plain, expected);
            byte[] data = [.. plain, .. new byte[AeadCipher.TagSize]];
            ours.Seal(nonce, data.AsSpan(0, size), data);
            Assert.Equal(expected, data);
            Assert.True(ours.TryOpen(nonce, data, data));
            Assert.Equal(plain, data[..size]);
            expected[^1] ^= 1;
            Assert.False(ours.TryOpen(nonce, expected, data));
        }
    }

    /// <summary>There is no peer that knows it. The cipher is that of rc4-md5, which has vectors.</summary>
    [Fact]
    public void Rc4Md5With6Bytes_IsThatWith16_ButForTheIv()
    {
        ShadowsocksKey key = Key("rc4-md5-6");
        byte[] mixed = new byte[16];
        ShadowsocksKey.HashMd5(ShadowsocksKey.DeriveKey(ShadowsocksVectors.Password, 16), [1, 2, 3, 4, 5, 6], mixed);
        byte[] expected = new byte[100];
        byte[] actual = new byte[100];
        using StreamCipher rc4 = BouncyCastleCiphers.CreateRc4(mixed);
        rc4.Transform(expected, expected);
        using StreamCipher cipher = key.CreateStream([1, 2, 3, 4, 5, 6], encrypts: true);
        cipher.Transform(actual, actual);
        Assert.Equal(expected, actual);
        Assert.Equal(6, key.Method.SaltSize);
    }

    private static ShadowsocksKey Key(string method) => ShadowsocksKey.Create(method, ShadowsocksVectors.Password);

    /// <summary>A client that chooses the salt of the vector.</summary>
    private static ShadowsocksConnection Open(IConnection carrier, string method, byte[] address, TimeProvider time) => ShadowsocksConnection.Open(
        carrier, Key(method), "ss1", address, time, salt => ShadowsocksVectors.Of(method).Salt().CopyTo(salt, 0));

    /// <summary>What is on the wire for address and first payload, and for the second payload.</summary>
    private static (byte[] First, byte[] Second) Parts(string method)
    {
        JsonElement vector = ShadowsocksVectors.Of(method);
        return vector.TryGetProperty("tcp_first", out _)
            ? (vector.Hex("tcp_first"), vector.Hex("tcp_second"))
            : ([.. vector.Salt(), .. vector.Hex("tcp_chunk1")], vector.Hex("tcp_chunk2"));
    }
}
