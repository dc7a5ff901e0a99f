using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GostNet.Ssh.KeyExchange;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Tests.KeyExchange;

/// <summary>Key exchanges of recorded sessions.</summary>
public sealed class TranscriptTests
{
    public static TheoryData<string> Sessions =>
        [.. KexVectors.Transcripts.GetProperty("sessions").EnumerateArray().Select(session => session.Text("name"))];

    [Theory]
    [MemberData(nameof(Sessions))]
    public void Exchange_Recorded_HasItsAlgorithmsHashAndKeys(string name)
    {
        JsonElement session = KexVectors.Transcripts.GetProperty("sessions").EnumerateArray().Single(one => one.Text("name") == name);
        byte[][] clientValues = ValuesOf(session, MessageNumber.KexClientValue);
        byte[][] serverReplies = ValuesOf(session, MessageNumber.KexServerValue);
        JsonElement[] kexes = [.. session.GetProperty("kexes").EnumerateArray()];
        Assert.Equal(kexes.Length, clientValues.Length);
        Assert.Equal(kexes.Length, serverReplies.Length);
        for (int i = 0; i < kexes.Length; i++)
        {
            AssertIsExchange(kexes[i], clientValues[i], serverReplies[i]);
        }
    }

    private static void AssertIsExchange(JsonElement kex, byte[] clientPayload, byte[] serverPayload)
    {
        Assert.True(KexInit.TryRead(kex.Bytes("client_kexinit"), out KexInit? client));
        Assert.True(KexInit.TryRead(kex.Bytes("server_kexinit"), out KexInit? server));
        Assert.Equal(kex.Bytes("client_kexinit"), client.Write());
        Assert.Equal(kex.Bytes("server_kexinit"), server.Write());
        NegotiatedAlgorithms chosen = Negotiation.Choose(client, server);
        Assert.Equal(kex.Text("kex"), chosen.Kex);
        Assert.Equal(kex.Text("hostkey_alg"), chosen.HostKey);
        Assert.Equal(kex.Text("cipher"), chosen.CipherToServer);
        Assert.Equal(kex.Text("cipher"), chosen.CipherToClient);
        Assert.Equal(kex.Text("mac"), chosen.MacToServer ?? "");
        Assert.Equal(kex.Text("mac"), chosen.MacToClient ?? "");

        using var method = KeyExchangeMethods.Create(chosen.Kex);
        (byte[] clientValue, byte[] serverValue) = (StringsOf(clientPayload, 1)[0], StringsOf(serverPayload, 3)[1]);
        byte[] secret = kex.Bytes("k_encoded");
        byte[] hash = ExchangeHash.Compute(
            method.Hash,
            Encoding.ASCII.GetBytes(kex.Text("client_version")),
            Encoding.ASCII.GetBytes(kex.Text("server_version")),
            kex.Bytes("client_kexinit"),
            kex.Bytes("server_kexinit"),
            kex.Bytes("host_key_blob"),
            clientValue,
            serverValue,
            secret);
        Assert.Equal(kex.Bytes("h"), hash);
        AssertAreKeys(kex, "c2s", method.Hash, secret, KeyDerivation.IvToServer, KeyDerivation.KeyToServer, KeyDerivation.MacKeyToServer);
        AssertAreKeys(kex, "s2c", method.Hash, secret, KeyDerivation.IvToClient, KeyDerivation.KeyToClient, KeyDerivation.MacKeyToClient);
    }

    private static void AssertAreKeys(
        JsonElement kex, string direction, HashAlgorithmName hash, byte[] secret, char iv, char key, char macKey)
    {
        JsonElement recorded = kex.GetProperty(direction);
        foreach ((char letter, string name) in new[] { (iv, "iv"), (key, "key"), (macKey, "mac") })
        {
            byte[] derived = new byte[recorded.Bytes(name).Length];
            KeyDerivation.Derive(hash, secret, kex.Bytes("h"), letter, kex.Bytes("session_id"), derived);
            Assert.Equal(recorded.Bytes(name), derived);
        }
    }

    private static byte[][] ValuesOf(JsonElement session, byte message) =>
    [
        .. session.GetProperty("packets").EnumerateArray()
            .Select(packet => packet.Bytes("payload"))
            .Where(payload => payload[0] == message),
    ];

    /// <summary>The contents of the strings, or mpints, behind a message number.</summary>
    private static byte[][] StringsOf(byte[] payload, int count)
    {
        var reader = new SshReader(payload.AsSpan(1));
        byte[][] strings = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            Assert.True(reader.TryReadString(out ReadOnlySpan<byte> value));
            strings[i] = value.ToArray();
        }

        Assert.True(reader.IsAtEnd);
        return strings;
    }
}
