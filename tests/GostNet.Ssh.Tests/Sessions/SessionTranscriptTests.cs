using System.Security.Cryptography;
using System.Text.Json;
using GostNet.Ssh.Ciphers;
using GostNet.Ssh.KeyExchange;
using GostNet.Ssh.Sessions;
using GostNet.Ssh.Tests.KeyExchange;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Tests.Sessions;

/// <summary>Every packet of recorded sessions opens to what was recorded.</summary>
public class SessionTranscriptTests
{
    public static TheoryData<string> Sessions =>
        [.. KexVectors.Transcripts.GetProperty("sessions").EnumerateArray().Select(session => session.Text("name"))];

    [Theory]
    [MemberData(nameof(Sessions))]
    public void Packets_Recorded_OpenWithDerivedKeys(string name)
    {
        JsonElement session = KexVectors.Transcripts.GetProperty("sessions").EnumerateArray().Single(one => one.Text("name") == name);
        foreach (string direction in (string[])["c2s", "s2c"])
        {
            byte[] bytes = session.Bytes(direction);
            Assert.True(VersionLine.TryReadLine(bytes, VersionLine.MaxLength, out _, out int position));
            Queue<JsonElement> kexes = new(session.GetProperty("kexes").EnumerateArray());
            PacketOpener opener = new PlainOpener();
            uint number = 0;
            foreach (JsonElement packet in session.GetProperty("packets").EnumerateArray().Where(one => one.Text("dir") == direction))
            {
                Assert.Equal(packet.GetProperty("seq").GetUInt32(), number);
                byte[] payload = Open(opener, number++, bytes, ref position);
                Assert.Equal(packet.Bytes("payload"), payload);
                if (payload[0] == MessageNumber.NewKeys)
                {
                    opener.Dispose();
                    opener = CreateOpener(kexes.Dequeue(), isToServer: direction == "c2s");
                    number = 0;
                }
            }

            Assert.Equal(bytes.Length, position);
            Assert.Empty(kexes);
            opener.Dispose();
        }
    }

    private static byte[] Open(PacketOpener opener, uint number, byte[] bytes, ref int position)
    {
        int length = (int)opener.ReadLength(number, bytes.AsSpan(position, opener.HeaderSize));
        Span<byte> packet = bytes.AsSpan(position, sizeof(uint) + length + opener.TagSize);
        Assert.True(opener.TryOpen(number, packet));
        position += packet.Length;
        return packet[5..(sizeof(uint) + length - packet[4])].ToArray();
    }

    private static PacketOpener CreateOpener(JsonElement kex, bool isToServer)
    {
        using var method = KeyExchangeMethods.Create(kex.Text("kex"));
        HashAlgorithmName hash = method.Hash;
        CipherAlgorithm cipher = CipherSuites.Ciphers[kex.Text("cipher")];
        MacAlgorithm? mac = kex.Text("mac") is { Length: > 0 } name ? CipherSuites.Macs[name] : null;
        return CipherSuites.CreateOpener(
            cipher,
            mac,
            Derive(isToServer ? 'A' : 'B', cipher.IvSize),
            Derive(isToServer ? 'C' : 'D', cipher.KeySize),
            Derive(isToServer ? 'E' : 'F', mac?.KeySize ?? 0));

        byte[] Derive(char letter, int size)
        {
            byte[] key = new byte[size];
            KeyDerivation.Derive(hash, kex.Bytes("k_encoded"), kex.Bytes("h"), letter, kex.Bytes("session_id"), key);
            return key;
        }
    }
}
