using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GostNet.Ssh.Ciphers;

namespace GostNet.Ssh.Tests.Ciphers;

/// <summary>The packets of packets.json: runs of one direction under one key, made by other implementations.</summary>
public sealed class PacketVectorTests
{
    private static readonly JsonElement[] Runs = Load();

    public static TheoryData<string> Names => [.. Runs.Select(run => Text(run, "name")!)];

    [Fact]
    public void Vectors_AreAllThere() => Assert.Equal(70, Runs.Sum(run => run.GetProperty("packets").GetArrayLength()));

    /// <summary>Both ways in one: the long packet is not in the file as a whole, so what is opened is what was sealed.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void SealAndOpen_OfARun_GiveWhatIsSentAndThePackets(string name)
    {
        JsonElement run = Runs.Single(run => Text(run, "name") == name);
        CipherAlgorithm cipher = CipherSuites.Ciphers[Text(run, "cipher")!];
        MacAlgorithm? mac = Text(run, "mac") is { } macName ? CipherSuites.Macs[macName] : null;
        using PacketSealer sealer = CipherSuites.CreateSealer(cipher, mac, Bytes(run, "iv"), Bytes(run, "key"), Bytes(run, "mac_key"));
        using PacketOpener opener = CipherSuites.CreateOpener(cipher, mac, Bytes(run, "iv"), Bytes(run, "key"), Bytes(run, "mac_key"));
        Assert.Equal((sealer.BlockSize, sealer.PadsLength, sealer.TagSize), (opener.BlockSize, opener.PadsLength, opener.TagSize));
        foreach (JsonElement vector in run.GetProperty("packets").EnumerateArray())
        {
            uint number = vector.GetProperty("seq").GetUInt32();
            byte[] plain = Plain(vector);
            byte[] packet = [.. plain, .. new byte[sealer.TagSize]];
            Assert.Equal(0, (plain.Length - (sealer.PadsLength ? 0 : sizeof(uint))) % sealer.BlockSize);

            sealer.Seal(number, packet);

            AssertWire(vector, packet);
            Assert.Equal((uint)(plain.Length - sizeof(uint)), opener.ReadLength(number, packet.AsSpan(0, opener.HeaderSize)));
            Assert.True(opener.TryOpen(number, packet));
            Assert.Equal(plain.AsSpan(sizeof(uint)), packet.AsSpan(sizeof(uint), plain.Length - sizeof(uint)));
        }
    }

    private static JsonElement[] Load()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", "packets.json")));
        return [.. document.RootElement.Clone().GetProperty("suites").EnumerateArray()];
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static byte[] Bytes(JsonElement element, string name) => Convert.FromHexString(Text(element, name) ?? "");

    private static byte[] Plain(JsonElement vector)
    {
        if (vector.TryGetProperty("packet", out JsonElement packet))
        {
            return Convert.FromHexString(packet.GetString()!);
        }

        const int DataSize = 32_768;
        byte[] data = [.. Enumerable.Range(0, DataSize / SHA256.HashSizeInBytes)
            .SelectMany(i => SHA256.HashData(Encoding.ASCII.GetBytes($"gostnet-ssh:data{DataSize}:{i}")))];
        byte[] payload = [94, 0, 0, 0, 7, 0, 0, DataSize >> 8, 0, .. data];
        Assert.Equal(Text(vector, "payload_sha256"), Convert.ToHexStringLower(SHA256.HashData(payload)));
        byte[] padding = Bytes(vector, "padding");
        byte[] length = new byte[sizeof(uint)];
        BinaryPrimitives.WriteInt32BigEndian(length, 1 + payload.Length + padding.Length);
        return [.. length, (byte)padding.Length, .. payload, .. padding];
    }

    private static void AssertWire(JsonElement vector, byte[] packet)
    {
        if (vector.TryGetProperty("wire", out JsonElement wire))
        {
            Assert.Equal(wire.GetString(), Convert.ToHexStringLower(packet));
            return;
        }

        Assert.Equal(vector.GetProperty("wire_len").GetInt32(), packet.Length);
        Assert.Equal(Text(vector, "wire_sha256"), Convert.ToHexStringLower(SHA256.HashData(packet)));
    }
}
