using System.Security.Cryptography;
using GostNet.Ssh.Keys;
using GostNet.Ssh.Wire;
using GostNet.Tests.Protocols;

namespace GostNet.Ssh.Tests.Keys;

public sealed class PublicKeysTests
{
    public static TheoryData<string> Names => TestKeys.AllNames;

    [Theory]
    [MemberData(nameof(Names))]
    public void Blob_OfAKey_IsReadAndHasTheFingerprintThatOpenSshShows(string name)
    {
        byte[] blob = TestKeys.Blob(name);

        SshPublicKey key = TestKeys.Read(blob);

        Assert.Equal(TestKeys.Describe(name).GetProperty("type").GetString(), key.Type);
        Assert.Equal(blob, key.Blob.ToArray());
        Assert.Equal(TestKeys.Describe(name).GetProperty("sha256").GetString(), KeyFingerprint.Sha256(blob));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Signature_OfAKey_IsValidForItsMessageOnly(string name)
    {
        SshPublicKey key = TestKeys.Public(name);
        foreach ((string algorithm, _, byte[] signature) in TestKeys.Signatures(name))
        {
            Assert.Contains(algorithm, key.Algorithms);
            Assert.True(key.Verify(algorithm, TestKeys.Message, signature));
            Assert.False(key.Verify(algorithm, [.. TestKeys.Message, 0], signature));
            Assert.False(key.Verify(algorithm, TestKeys.Message, [.. signature, 0]));
            Assert.False(key.Verify(algorithm, TestKeys.Message, signature.AsSpan(..^1)));
        }
    }

    [Fact]
    public void Signature_ByAnotherAlgorithmThanWasAgreedOn_IsNotValid()
    {
        foreach (string name in TestKeys.Names)
        {
            foreach ((string algorithm, _, byte[] signature) in TestKeys.Signatures(name))
            {
                foreach (string other in TestKeys.Names.SelectMany(other => TestKeys.Public(other).Algorithms).Where(a => a != algorithm))
                {
                    Assert.False(TestKeys.Public(name).Verify(other, TestKeys.Message, signature));
                }
            }
        }
    }

    [Fact]
    public void RsaSignature_OverSha1_IsValidWhereItWasAgreedOn()
    {
        using RSA rsa = RSA.Create(2048);
        SshPublicKey key = TestKeys.Read(RsaBlob(rsa.ExportParameters(false).Exponent!, rsa.ExportParameters(false).Modulus!));
        byte[] raw = rsa.SignData(TestKeys.Message, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1);

        Assert.True(key.Verify("ssh-rsa", TestKeys.Message, SshSignature.Write("ssh-rsa", raw)));
        Assert.False(key.Verify("rsa-sha2-256", TestKeys.Message, SshSignature.Write("ssh-rsa", raw)));
        Assert.False(key.Verify("rsa-sha2-256", TestKeys.Message, SshSignature.Write("rsa-sha2-256", raw)));
    }

    [Fact]
    public void RsaSignature_WithoutItsLeadingZeros_IsValid()
    {
        using RSA rsa = RSA.Create(2048);
        SshPublicKey key = TestKeys.Read(RsaBlob(rsa.ExportParameters(false).Exponent!, rsa.ExportParameters(false).Modulus!));
        byte[] message = new byte[4];
        byte[] raw;
        do
        {
            message[0]++;
            message[1] += (byte)(message[0] == 0 ? 1 : 0);
            raw = rsa.SignData(message, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        while (raw[0] != 0);

        Assert.True(key.Verify("rsa-sha2-256", message, SshSignature.Write("rsa-sha2-256", raw)));
        Assert.True(key.Verify("rsa-sha2-256", message, SshSignature.Write("rsa-sha2-256", raw.AsSpan(1))));
        Assert.False(key.Verify("rsa-sha2-256", message, SshSignature.Write("rsa-sha2-256", [0, .. raw])));
    }

    [Theory]
    [InlineData("ecdsa256")]
    [InlineData("ecdsa384")]
    [InlineData("ecdsa521")]
    public void EcdsaSignature_WithSuperfluousZeros_IsValid(string name)
    {
        (SshPublicKey key, byte[] r, byte[] s) = Ecdsa(name);

        Assert.True(key.Verify(key.Type, TestKeys.Message, EcdsaSignature(key.Type, [0, .. r], [0, 0, 0, .. s])));
    }

    [Theory]
    [InlineData("ecdsa256")]
    [InlineData("ecdsa384")]
    [InlineData("ecdsa521")]
    public void EcdsaSignature_WithNumbersThatAreZeroOrTooLongOrNegative_IsNotValid(string name)
    {
        (SshPublicKey key, byte[] r, byte[] s) = Ecdsa(name);
        byte[] tooLong = [1, .. new byte[(key.Blob.Length - key.Type.Length) / 2]];
        byte[] allOnes = [0, .. Enumerable.Repeat((byte)0xff, name == "ecdsa521" ? 66 : name == "ecdsa384" ? 48 : 32)];
        byte[] negative = [0x80, .. r.AsSpan(1)];
        foreach (byte[] bad in new byte[][] { [], [0], tooLong, allOnes, negative, [1, .. r], new byte[2000] })
        {
            Assert.False(key.Verify(key.Type, TestKeys.Message, EcdsaSignature(key.Type, bad, s)));
            Assert.False(key.Verify(key.Type, TestKeys.Message, EcdsaSignature(key.Type, r, bad)));
        }

        Assert.False(key.Verify(key.Type, TestKeys.Message, EcdsaSignature(key.Type, s, r)));
        Assert.False(key.Verify(key.Type, TestKeys.Message, SshSignature.Write(key.Type, new SshWriter().String(r).ToArray())));
        Assert.False(key.Verify(
            key.Type, TestKeys.Message, SshSignature.Write(key.Type, new SshWriter().String(r).String(s).Byte(0).ToArray())));
    }

    [Theory]
    [InlineData("ecdsa-sha2-nistp256", "nistp384")]
    [InlineData("ecdsa-sha2-nistp384", "nistp384")]
    [InlineData("ecdsa-sha2-nistp256", "")]
    public void EcdsaKey_WithAnotherCurveThanItsType_IsNotRead(string type, string curve)
    {
        AssertRefused(new SshWriter().Text(type).Text(curve).String(TestKeys.Blob("ecdsa256").AsSpan(^65..)));
    }

    [Fact]
    public void EcdsaKey_WithAPointThatIsNoneOrNotOnTheCurve_IsNotRead()
    {
        byte[] blob = TestKeys.Blob("ecdsa256");
        byte[] point = blob[^65..];
        byte[] offCurve = [.. point];
        offCurve[^1] ^= 1;
        byte[] beyond = [4, .. Enumerable.Repeat((byte)0xff, 64)];
        byte[] compressed = [(byte)(2 + (point[^1] & 1)), .. point[1..33]];
        foreach (byte[] bad in new[] { offCurve, beyond, compressed, [0], [], [4, .. new byte[64]], point[..^1], [.. point, 0] })
        {
            AssertRefused(new SshWriter().Text("ecdsa-sha2-nistp256").Text("nistp256").String(bad));
        }
    }

    [Fact]
    public void RsaKey_WithASizeOrExponentThatIsNotSound_IsNotRead()
    {
        byte[] exponent = [1, 0, 1];
        byte[] modulus = TestKeys.Number("rsa3072", "n");
        AssertRefused(RsaWriter(exponent, [0x80, .. new byte[62], 1]));
        AssertRefused(RsaWriter(exponent, [0x7f, .. modulus[1..256]]));
        AssertRefused(RsaWriter(exponent, [1, .. new byte[1023], 1]));
        AssertRefused(RsaWriter(exponent, [0x80, .. new byte[4094], 1]));
        AssertRefused(RsaWriter([1], modulus));
        AssertRefused(RsaWriter([], modulus));
        AssertRefused(RsaWriter([1, 0, 0], modulus));
        AssertRefused(RsaWriter([1, .. new byte[7], 1], modulus));
        AssertRefused(RsaWriter(exponent, []));
        AssertRefused(RsaWriter(exponent, [.. modulus[..^1], (byte)(modulus[^1] ^ 1)]));
        AssertRefused(new SshWriter().Text("ssh-rsa").String([0, 1, 0, 1]).Mpint(modulus));
        AssertRefused(new SshWriter().Text("ssh-rsa").Mpint(exponent).String([0, 0, .. modulus]));
        AssertRefused(new SshWriter().Text("ssh-rsa").Mpint(exponent).String(modulus));
        _ = TestKeys.Read(RsaWriter(exponent, [0x80, .. new byte[1022], 1]).Written);
        _ = TestKeys.Read(RsaWriter(exponent, [0x80, .. new byte[254], 1]).Written);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Ed25519Key_WithAnotherLength_IsNotRead(int length) =>
        AssertRefused(new SshWriter().Text("ssh-ed25519").String(new byte[length]));

    [Theory]
    [MemberData(nameof(Names))]
    public void Blob_CutShortOrWithSomethingBehindIt_IsNotRead(string name)
    {
        byte[] blob = TestKeys.Blob(name);
        for (int length = 0; length < blob.Length; length++)
        {
            Assert.False(PublicKeys.TryRead(blob.AsSpan(0, length), out _, out _));
        }

        Assert.False(PublicKeys.TryRead([.. blob, 0], out SshPublicKey? key, out string? problem));
        Assert.Null(key);
        Assert.Equal("Something follows the key.", problem);
    }

    [Theory]
    [InlineData("ssh-ed25519-cert-v01@openssh.com", "Certificates are not supported: ssh-ed25519-cert-v01@openssh.com.")]
    [InlineData("rsa-sha2-512-cert-v01@openssh.com", "Certificates are not supported: rsa-sha2-512-cert-v01@openssh.com.")]
    [InlineData("sk-ssh-ed25519@openssh.com", "Keys on security tokens are not supported: sk-ssh-ed25519@openssh.com.")]
    [InlineData("ssh-dss", "Keys of this type are not supported: ssh-dss.")]
    [InlineData("rsa-sha2-512", "Keys of this type are not supported: rsa-sha2-512.")]
    [InlineData("a\n\u001b[2J", "Keys of this type are not supported: a\\x0a\\x1b[2J.")]
    public void Blob_OfAnotherType_IsRefusedInWords(string type, string expected)
    {
        Assert.False(PublicKeys.TryRead(new SshWriter().Text(type).String(new byte[32]).Written, out _, out string? problem));

        Assert.Equal(expected, problem);
    }

    [Fact]
    public void Blobs_ThatAreHostile_AreReadOrRefused()
    {
        var random = new Random(1);
        byte[][] blobs = [.. TestKeys.Names.Select(TestKeys.Blob)];
        byte[] space = new byte[4096];
        int readable = 0;
        for (int i = Fuzz.Cases(10_000); i > 0; i--)
        {
            ReadOnlySpan<byte> blob = Fuzz.Bend(random, blobs, space);
            bool isRead = PublicKeys.TryRead(blob, out SshPublicKey? key, out string? problem);
            Assert.Equal(isRead, key is not null);
            Assert.NotEqual(isRead, problem is not null);
            if (isRead)
            {
                readable++;
                Assert.True(blob.SequenceEqual(key!.Blob.Span));
            }
        }

        Assert.True(readable > 0);
    }

    [Fact]
    public void Signatures_ThatAreHostile_AreValidOnlyIfTheyWereNotBent()
    {
        var random = new Random(2);
        var given = TestKeys.Names
            .SelectMany(name => TestKeys.Signatures(name).Select(s => (Key: TestKeys.Public(name), s.Algorithm, s.Signature)))
            .ToArray();
        byte[] space = new byte[4096];
        for (int i = Fuzz.Cases(10_000); i > 0; i--)
        {
            var (key, algorithm, good) = given[random.Next(given.Length)];
            ReadOnlySpan<byte> signature = Fuzz.Bend(random, [good], space);
            Assert.Equal(signature.SequenceEqual(good), key.Verify(algorithm, TestKeys.Message, signature));
        }
    }

    private static SshWriter RsaWriter(byte[] exponent, byte[] modulus) => new SshWriter().Text("ssh-rsa").Mpint(exponent).Mpint(modulus);

    private static byte[] RsaBlob(byte[] exponent, byte[] modulus) => RsaWriter(exponent, modulus).ToArray();

    private static void AssertRefused(SshWriter blob)
    {
        Assert.False(PublicKeys.TryRead(blob.Written, out SshPublicKey? key, out string? problem));
        Assert.Null(key);
        Assert.NotEmpty(problem);
    }

    private static (SshPublicKey Key, byte[] R, byte[] S) Ecdsa(string name)
    {
        SshPublicKey key = TestKeys.Public(name);
        Assert.True(SshSignature.TryRead(TestKeys.Signatures(name).Single().Signature, key.Type, out ReadOnlySpan<byte> raw));
        var reader = new SshReader(raw);
        Assert.True(reader.TryReadString(out ReadOnlySpan<byte> r));
        Assert.True(reader.TryReadString(out ReadOnlySpan<byte> s));
        return (key, r.ToArray(), s.ToArray());
    }

    private static byte[] EcdsaSignature(string type, ReadOnlySpan<byte> r, ReadOnlySpan<byte> s) =>
        SshSignature.Write(type, new SshWriter().String(r).String(s).Written);
}
