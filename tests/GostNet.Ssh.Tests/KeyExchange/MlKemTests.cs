using System.Security.Cryptography;
using System.Text.Json;
using GostNet.Ssh.KeyExchange;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Tests.KeyExchange;

public sealed class MlKemTests
{
    private static readonly JsonElement Vector = KexVectors.Root.GetProperty("mlkem768x25519_sha256");

    [Fact]
    public void Keys_OfARecordedSeed_AreTheRecordedOnes()
    {
        byte[] encapsulationKey = new byte[MlKem768.EncapsulationKeySize];
        byte[] decapsulationKey = new byte[MlKem768.DecapsulationKeySize];

        MlKem768.GenerateKeys(Vector.Bytes("mlkem_seed_d_z"), encapsulationKey, decapsulationKey);

        Assert.Equal(Vector.Bytes("mlkem_encapsulation_key"), encapsulationKey);
        Assert.Equal(Vector.Bytes("mlkem_decapsulation_key"), decapsulationKey);
    }

    [Fact]
    public void Ciphertext_OfARecordedMessage_IsTheRecordedOne()
    {
        byte[] ciphertext = new byte[MlKem768.CiphertextSize];
        byte[] secret = new byte[MlKem768.SecretSize];

        MlKem768.Encapsulate(Vector.Bytes("mlkem_encapsulation_key"), Vector.Bytes("mlkem_encaps_m"), ciphertext, secret);

        Assert.Equal(Vector.Bytes("mlkem_ciphertext"), ciphertext);
        Assert.Equal(Vector.Bytes("mlkem_shared"), secret);
    }

    [Fact]
    public void Secret_OfARecordedCiphertext_IsTheRecordedOne() =>
        Assert.Equal(Vector.Bytes("mlkem_shared"), Decapsulate(Vector.Bytes("mlkem_ciphertext")));

    [Fact]
    public void Secret_OfAFalseCiphertext_IsTheOneOfImplicitRejection()
    {
        byte[] ciphertext = Vector.Bytes("mlkem_ciphertext");
        ciphertext[0] ^= 1;

        Assert.Equal(Vector.Bytes("mlkem_shared_implicit_rejection"), Decapsulate(ciphertext));
    }

    [Fact]
    public void Exchange_OfRecordedKeys_GivesTheRecordedValuesAndSecret()
    {
        JsonElement curve = KexVectors.Root.GetProperty("curve25519");
        using var client = Exchange(Vector.Bytes("mlkem_seed_d_z"), curve.Bytes("client_private"));
        using var server = Exchange(Vector.Bytes("mlkem_encaps_m"), curve.Bytes("server_private"));

        byte[] clientValue = client.Start();
        (byte[] serverValue, byte[] serverSecret) = server.Respond(clientValue);

        Assert.Equal(Vector.Bytes("c_init"), clientValue);
        Assert.Equal(Vector.Bytes("s_reply"), serverValue);
        Assert.Equal(Vector.Bytes("k_encoded"), serverSecret);
        Assert.Equal(Vector.Bytes("k_encoded"), client.Finish(serverValue));
    }

    /// <summary>Each coefficient in its turn; 12 bits hold up to 4095.</summary>
    [Theory]
    [InlineData(3329)]
    [InlineData(4095)]
    public void ClientValue_WithACoefficientFromQOn_IsRefused(int coefficient)
    {
        byte[] good = Vector.Bytes("c_init");
        for (int i = 0; i < 768; i++)
        {
            byte[] bad = [.. good];
            Put(bad, i, coefficient);
            using var server = new HybridKeyExchange(new MlKemEncapsulation(), HashAlgorithmName.SHA256);
            Assert.Equal(DisconnectReason.KeyExchangeFailed, Assert.Throws<SshException>(() => server.Respond(bad)).Reason);
            if (i % 100 == 0)
            {
                Put(bad, i, coefficient: 3328);
                Assert.NotEmpty(server.Respond(bad).Secret);
            }
        }
    }

    /// <summary>Keys, messages and ciphertexts, true and false, by our own code and by the platform's.</summary>
    [MlKemFact]
    public void OwnCode_BesideThePlatforms_ComesToTheSameSecrets()
    {
        for (int i = 0; i < 100; i++)
        {
            byte[] seed = RandomNumberGenerator.GetBytes(MlKem768.SeedSize);
            byte[] encapsulationKey = new byte[MlKem768.EncapsulationKeySize];
            byte[] decapsulationKey = new byte[MlKem768.DecapsulationKeySize];
            MlKem768.GenerateKeys(seed, encapsulationKey, decapsulationKey);
            using MLKem platform = MLKem.ImportPrivateSeed(MLKemAlgorithm.MLKem768, seed);
            Assert.Equal(platform.ExportEncapsulationKey(), encapsulationKey);
            Assert.Equal(platform.ExportDecapsulationKey(), decapsulationKey);

            byte[] ciphertext = new byte[MlKem768.CiphertextSize];
            byte[] secret = new byte[MlKem768.SecretSize];
            MlKem768.Encapsulate(encapsulationKey, RandomNumberGenerator.GetBytes(MlKem768.MessageSize), ciphertext, secret);
            Assert.Equal(secret, platform.Decapsulate(ciphertext));
            ciphertext[i] ^= 1;
            MlKem768.Decapsulate(decapsulationKey, ciphertext, secret);
            Assert.Equal(platform.Decapsulate(ciphertext), secret);
        }
    }

    [Fact]
    public void OwnCode_WithItself_ComesToTheSameSecrets()
    {
        for (int i = 0; i < 200; i++)
        {
            using var client = new MlKemEncapsulation();
            using var server = new MlKemEncapsulation();
            (byte[] ciphertext, byte[] secret) = server.Encapsulate(client.GenerateKeys())!.Value;
            Assert.Equal(secret, client.Decapsulate(ciphertext));
            ciphertext[i] ^= 0x80;
            Assert.NotEqual(secret, client.Decapsulate(ciphertext));
        }
    }

    private static HybridKeyExchange Exchange(byte[] random, byte[] privateKey) =>
        new(new MlKemEncapsulation(random), new X25519KeyPair(privateKey), HashAlgorithmName.SHA256);

    private static byte[] Decapsulate(byte[] ciphertext)
    {
        byte[] secret = new byte[MlKem768.SecretSize];
        MlKem768.Decapsulate(Vector.Bytes("mlkem_decapsulation_key"), ciphertext, secret);
        return secret;
    }

    private static void Put(byte[] key, int index, int coefficient)
    {
        int at = index / 2 * 3;
        if (index % 2 == 0)
        {
            key[at] = (byte)coefficient;
            key[at + 1] = (byte)((key[at + 1] & 0xf0) | (coefficient >> 8));
        }
        else
        {
            key[at + 1] = (byte)((key[at + 1] & 0xf) | ((coefficient & 0xf) << 4));
            key[at + 2] = (byte)(coefficient >> 4);
        }
    }
}
