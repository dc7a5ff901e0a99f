using System.Security.Cryptography;
using GostNet.Ssh.KeyExchange;
using GostNet.Ssh.Wire;
using GostNet.Tests.Protocols;

namespace GostNet.Ssh.Tests.KeyExchange;

/// <summary>What holds for every method.</summary>
public sealed class KeyExchangeMethodTests
{
    private const int Seed = 20261125;

    public static TheoryData<string> Names => [.. KeyExchangeMethods.Names];

    /// <summary>Without what differs from another in its numbers alone, and takes long.</summary>
    public static TheoryData<string> QuickNames =>
        [.. KeyExchangeMethods.Names.Where(name => name is not ("diffie-hellman-group16-sha512" or "diffie-hellman-group14-sha1"))];

    [Theory]
    [MemberData(nameof(Names))]
    public void Sides_OfOneExchange_ComeToTheSameSecret(string name)
    {
        byte[]? last = null;
        for (int i = 0; i < 3; i++)
        {
            using var client = KeyExchangeMethods.Create(name);
            using var server = KeyExchangeMethods.Create(name);

            (byte[] serverValue, byte[] secret) = server.Respond(client.Start());

            Assert.Equal(secret, client.Finish(serverValue));
            Assert.NotEqual(last, secret);
            var reader = new SshReader(secret);
            Assert.True(reader.TryReadString(out _) && reader.IsAtEnd);
            last = secret;
        }
    }

    [Theory]
    [InlineData("mlkem768x25519-sha256", 32)]
    [InlineData("sntrup761x25519-sha512", 64)]
    [InlineData("sntrup761x25519-sha512@openssh.com", 64)]
    [InlineData("curve25519-sha256", 32)]
    [InlineData("curve25519-sha256@libssh.org", 32)]
    [InlineData("ecdh-sha2-nistp256", 32)]
    [InlineData("ecdh-sha2-nistp384", 48)]
    [InlineData("ecdh-sha2-nistp521", 64)]
    [InlineData("diffie-hellman-group16-sha512", 64)]
    [InlineData("diffie-hellman-group14-sha256", 32)]
    [InlineData("diffie-hellman-group14-sha1", 20)]
    public void Hash_IsTheMethods(string name, int size)
    {
        using var method = KeyExchangeMethods.Create(name);

        Assert.Equal(size, CryptographicOperations.HashData(method.Hash, []).Length);
    }

    [Fact]
    public void Method_Unknown_CannotBeCreated() =>
        Assert.Throws<ArgumentException>(() => KeyExchangeMethods.Create("diffie-hellman-group1-sha1"));

    [Theory]
    [MemberData(nameof(QuickNames))]
    public void Value_OfAnything_IsTakenOrRefused(string name)
    {
        Random random = new(Seed);
        using var client = KeyExchangeMethods.Create(name);
        using var server = KeyExchangeMethods.Create(name);
        byte[] clientValue = client.Start();
        byte[][] messages = [clientValue, KeyExchangeMethods.Create(name).Respond(clientValue).ServerValue];
        byte[] space = new byte[messages.Max(message => message.Length) + 64];
        int[] results = new int[4];
        int cases = Fuzz.Cases(10_000) / (name.StartsWith("diffie", StringComparison.Ordinal) ? 500 : 20);
        for (int i = 0; i < cases; i++)
        {
            ReadOnlySpan<byte> value = Fuzz.Bend(random, messages, space);
            results[Finish(client, value) is null ? 0 : 1]++;
            results[Respond(server, value) is null ? 2 : 3]++;
        }

        // Good ones are among them.
        Assert.DoesNotContain(0, results);
    }

    [Fact]
    public void Offer_OfAnything_IsReadOrRefused()
    {
        Random random = new(Seed);
        KexInit ours = KexInit.Create(AlgorithmPreferences.Default.WithLegacy(), isServer: true, isFirst: true);
        byte[] recorded = KexVectors.Transcripts.GetProperty("sessions")[0].GetProperty("kexes")[0].Bytes("client_kexinit");
        byte[][] messages = [ours.Write(), recorded];
        byte[] space = new byte[2048];
        int[] results = new int[3];
        for (int i = 0; i < Fuzz.Cases(10_000); i++)
        {
            if (!KexInit.TryRead(Fuzz.Bend(random, messages, space), out KexInit? offer))
            {
                results[0]++;
                continue;
            }

            try
            {
                Assert.NotEmpty(Negotiation.Choose(offer, ours).Kex);
                results[1]++;
            }
            catch (SshException exception)
            {
                Assert.Equal(DisconnectReason.KeyExchangeFailed, exception.Reason);
                results[2]++;
            }

            Assert.True(KexInit.TryRead(offer.Write(), out KexInit? again));
            Assert.Equal(offer.Write(), again.Write());
        }

        Assert.DoesNotContain(0, results);
    }

    private static byte[]? Finish(KeyExchangeMethod method, ReadOnlySpan<byte> value)
    {
        try
        {
            return method.Finish(value);
        }
        catch (SshException exception)
        {
            Assert.Equal(DisconnectReason.KeyExchangeFailed, exception.Reason);
            return null;
        }
    }

    private static byte[]? Respond(KeyExchangeMethod method, ReadOnlySpan<byte> value)
    {
        try
        {
            return method.Respond(value).Secret;
        }
        catch (SshException exception)
        {
            Assert.Equal(DisconnectReason.KeyExchangeFailed, exception.Reason);
            return null;
        }
    }
}
