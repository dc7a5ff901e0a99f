using System.Text;
using System.Text.Json;
using GostNet.Ssh.Keys;
using GostNet.Ssh.Wire;
using GostNet.Tests.Protocols;

namespace GostNet.Ssh.Tests.Keys;

public sealed class SshPrivateKeyFileTests
{
    private static readonly JsonElement[] Others = [.. TestKeys.ReadJson("key_files.json").GetProperty("files").EnumerateArray()];

    public static TheoryData<string> Files { get; } = [.. TestKeys.Files.Select(file => file.File)];

    public static TheoryData<string> EncryptedFiles { get; } =
        [.. TestKeys.Files.Where(file => file.Passphrase is not null).Select(file => file.File)];

    public static TheoryData<string> OtherFiles { get; } = [.. Others.Select(file => file.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task File_OfEveryFormat_GivesTheKeyThatSignsAsItsWriterDid(string file)
    {
        (_, string name, string? passphrase) = TestKeys.Files.Single(known => known.File == file);

        using SshPrivateKey key = SshPrivateKeyFile.Load(TestKeys.PathOf(file), passphrase, out _);

        Assert.Equal(TestKeys.Blob(name), key.PublicKey.Blob.ToArray());
        Assert.Equal(TestKeys.PathOf(file), key.Name);
        foreach ((string algorithm, bool isDeterministic, byte[] expected) in TestKeys.Signatures(name))
        {
            byte[] signature = await key.SignAsync(algorithm, TestKeys.Message, CancellationToken.None);

            Assert.True(key.PublicKey.Verify(algorithm, TestKeys.Message, signature));
            Assert.True(!isDeterministic || signature.AsSpan().SequenceEqual(expected));
        }
    }

    [Theory]
    [MemberData(nameof(OtherFiles))]
    public void File_OfOtherTools_GivesTheirKeyOrIsRefusedInWords(string name)
    {
        JsonElement file = Others.Single(file => file.GetProperty("name").GetString() == name);
        byte[] text = Encoding.ASCII.GetBytes(file.GetProperty("text").GetString()!);
        string? passphrase = file.GetProperty("passphrase").GetString();

        if (file.GetProperty("error").GetString() is { } error)
        {
            Assert.Equal(error, AssertRefused(text, passphrase).Error.ToString());
            return;
        }

        using SshPrivateKey key = SshPrivateKeyFile.Parse(text, passphrase);
        Assert.Equal(file.GetProperty("fingerprint").GetString(), KeyFingerprint.Sha256(key.PublicKey.Blob.Span));
        if (passphrase is not null)
        {
            AssertRefused(SshKeyError.PassphraseNeeded, text, passphrase: null);
            AssertRefused(SshKeyError.WrongPassphrase, text, passphrase + "?");
        }
    }

    [Theory]
    [MemberData(nameof(EncryptedFiles))]
    public void File_WithoutItsPassphrase_SaysSo(string file)
    {
        byte[] text = File.ReadAllBytes(TestKeys.PathOf(file));

        AssertRefused(SshKeyError.PassphraseNeeded, text, passphrase: null);
        AssertRefused(SshKeyError.PassphraseNeeded, text, passphrase: "");
        AssertRefused(SshKeyError.WrongPassphrase, text, passphrase: "Correct horse");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Text_CutShort_IsRefused(string file)
    {
        byte[] text = File.ReadAllBytes(TestKeys.PathOf(file));
        int first = text.AsSpan().IndexOf((byte)'\n');
        int last = text.AsSpan().LastIndexOf("-----"u8) + 5;
        for (int length = 0; length < last; length += 1 + (length / 20))
        {
            AssertRefused(length < first ? SshKeyError.NotAPrivateKey : SshKeyError.Malformed, text[..length], "correct horse");
        }
    }

    [Fact]
    public void Key_ThatIsNotEncrypted_NeedsNoPassphraseAndHasItsCommentForAName()
    {
        using SshPrivateKey key = SshPrivateKeyFile.Parse(File.ReadAllBytes(TestKeys.PathOf("keys/id_ed25519")), passphrase: "of no use");

        Assert.Equal("ed25519 plain", key.Comment);
        Assert.Equal("ed25519 plain", key.Name);
    }

    [Theory]
    [InlineData("ed25519", "keys/id_ed25519")]
    [InlineData("ecdsa256", "keys/ecdsa256_sec1.pem")]
    public void Text_WithOtherLineEndsAndOtherThingsAroundTheKey_IsRead(string name, string file)
    {
        string text = "\ufeffBag Attributes\n-----BEGIN EC PARAMETERS-----\nBgg=\n-----END EC PARAMETERS-----\n"
            + File.ReadAllText(TestKeys.PathOf(file)) + "\n\n";

        using SshPrivateKey key = SshPrivateKeyFile.Parse(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")), passphrase: null);

        Assert.Equal(TestKeys.Blob(name), key.PublicKey.Blob.ToArray());
    }

    [Theory]
    [InlineData("", nameof(SshKeyError.NotAPrivateKey))]
    [InlineData("\0\u0001\u0002", nameof(SshKeyError.NotAPrivateKey))]
    [InlineData("ssh-ed25519 AAAA", nameof(SshKeyError.NotAPrivateKey))]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", nameof(SshKeyError.NotAPrivateKey))]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", nameof(SshKeyError.NotAPrivateKey))]
    [InlineData("PuTTY-User-Key-File-3: ssh-ed25519\n", nameof(SshKeyError.Unsupported))]
    [InlineData("-----BEGIN DSA PRIVATE KEY-----\nAAAA\n-----END DSA PRIVATE KEY-----\n", nameof(SshKeyError.Unsupported))]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\n-----END OPENSSH PRIVATE KEY-----\n", nameof(SshKeyError.Malformed))]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl!!!!\n-----END OPENSSH PRIVATE KEY-----\n", nameof(SshKeyError.Malformed))]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n", nameof(SshKeyError.Malformed))]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\n\n-----END RSA PRIVATE KEY-----\n", nameof(SshKeyError.Malformed))]
    public void Text_ThatIsNoUsablePrivateKey_IsRefusedInWords(string text, string expected) =>
        AssertRefused(Enum.Parse<SshKeyError>(expected), Encoding.UTF8.GetBytes(text), "correct horse");

    [Theory]
    [InlineData("AES-128-CBC,00", nameof(SshKeyError.Malformed))]
    [InlineData("AES-128-CBC,0011223344556677889900112233445x", nameof(SshKeyError.Malformed))]
    [InlineData("AES-128-CBC,00112233445566778899001122334455", nameof(SshKeyError.Malformed))]
    [InlineData("AES-128-CBC", nameof(SshKeyError.Malformed))]
    [InlineData("DES-CBC,0011223344556677", nameof(SshKeyError.Unsupported))]
    public void OldPem_EncryptedInAWayThatIsNone_IsRefusedInWords(string dekInfo, string expected) => AssertRefused(
        Enum.Parse<SshKeyError>(expected),
        Encoding.ASCII.GetBytes($"-----BEGIN RSA PRIVATE KEY-----\nDEK-Info: {dekInfo}\n\nAAAA\n-----END RSA PRIVATE KEY-----\n"),
        "correct horse");

    [Fact]
    public void Text_OfOneMebibyteOfBeginnings_IsRefusedInLinearTime()
    {
        byte[] text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("-----BEGIN A", SshPrivateKeyFile.MaxSize / 12)));

        AssertRefused(SshKeyError.NotAPrivateKey, text, passphrase: null);
        AssertRefused(SshKeyError.NotAPrivateKey, new byte[SshPrivateKeyFile.MaxSize + 1], passphrase: null);
    }

    [Fact]
    public void OpenSshKey_BuiltSoundly_IsRead()
    {
        using SshPrivateKey key = SshPrivateKeyFile.Parse(new KeyFileBuilder().Build(), passphrase: null);

        Assert.Equal("a comment", key.Comment);
    }

    [Fact]
    public void OpenSshKey_WithPartsThatContradictEachOther_IsRefused()
    {
        byte[] point = TestKeys.Blob("ed25519")[^32..];
        byte[] otherPoint = [.. point];
        otherPoint[0] ^= 1;
        byte[] seed = TestKeys.Number("ed25519", "seed");
        byte[] otherSeed = [.. seed];
        otherSeed[31] ^= 1;
        AssertMalformed(new() { CheckAgain = 8 });
        AssertMalformed(new() { FirstPadding = 2 });
        AssertMalformed(new() { FirstPadding = 0 });
        AssertMalformed(new() { Tail = [0] });
        AssertMalformed(new() { Kdf = "bcrypt" });
        AssertMalformed(new() { KdfOptions = [0] });
        AssertMalformed(new() { PublicBlob = new Ed25519PublicKey(otherPoint).Blob.ToArray() });
        AssertMalformed(new() { PublicBlob = TestKeys.Blob("rsa3072") });
        AssertMalformed(new() { Private = KeyFileBuilder.Ed25519(otherPoint, seed, point) });
        AssertMalformed(new() { Private = KeyFileBuilder.Ed25519(point, seed, otherPoint) });
        AssertMalformed(new() { Private = KeyFileBuilder.Ed25519(point, otherSeed, point) });
        AssertMalformed(new() { Private = KeyFileBuilder.Ed25519(point, seed[..31], point) });
        AssertMalformed(new() { Private = new SshWriter().UInt32(uint.MaxValue).ToArray() });
        AssertMalformed(new() { Private = new SshWriter().Text("ssh-ed25519").UInt32(0x7fffffff).ToArray() });
        AssertUnsupported(new() { Keys = 1u << 31 });
        AssertUnsupported(new() { Keys = 0 });
        AssertUnsupported(new() { Keys = 2 });
        AssertUnsupported(new() { PublicBlob = new SshWriter().Text("sk-ssh-ed25519@openssh.com").String(point).ToArray() });
        AssertUnsupported(new() { PublicBlob = [] });
        AssertUnsupported(new() { Cipher = "rijndael-cbc@lysator.liu.se", Kdf = "bcrypt", KdfOptions = KeyFileBuilder.Bcrypt([1], 1) });
    }

    [Fact]
    public void OpenSshKey_WithADerivationThatIsNoneOrTakesTooLong_IsRefusedAtOnce()
    {
        byte[] salt = new byte[16];
        AssertUnsupported(Encrypted(KeyFileBuilder.Bcrypt(salt, 1u << 31)));
        AssertUnsupported(Encrypted(KeyFileBuilder.Bcrypt(salt, uint.MaxValue)));
        AssertUnsupported(Encrypted(KeyFileBuilder.Bcrypt(salt, BcryptPbkdf.MaxRounds + 1)));
        AssertUnsupported(Encrypted(KeyFileBuilder.Bcrypt(salt, 0)));
        AssertMalformed(Encrypted(KeyFileBuilder.Bcrypt([], 16)));
        AssertMalformed(Encrypted([]));
        AssertMalformed(Encrypted([.. KeyFileBuilder.Bcrypt(salt, 16), 0]));
        AssertUnsupported(new() { Cipher = "aes256-ctr", Kdf = "none" });
        AssertUnsupported(new() { Cipher = "aes256-ctr", Kdf = "scrypt", KdfOptions = KeyFileBuilder.Bcrypt(salt, 16) });
        AssertMalformed(new()
        {
            Cipher = "aes256-gcm@openssh.com", Kdf = "bcrypt", KdfOptions = KeyFileBuilder.Bcrypt(salt, 16), Tail = new byte[15],
        });
        AssertRefused(SshKeyError.WrongPassphrase, Encrypted(KeyFileBuilder.Bcrypt(salt, 1)).Build(), "correct horse");

        static KeyFileBuilder Encrypted(byte[] options) => new() { Cipher = "aes256-ctr", Kdf = "bcrypt", KdfOptions = options };
    }

    [Fact]
    public void RsaKey_WithNumbersThatAreNotThoseOfAKey_IsRefused()
    {
        var numbers = new[] { "n", "e", "d", "iqmp", "p", "q" }.ToDictionary(name => name, name => TestKeys.Number("rsa3072", name));
        using (SshPrivateKey key = SshPrivateKeyFile.Parse(Build(numbers).Build(), passphrase: null))
        {
            Assert.Equal(TestKeys.Blob("rsa3072"), key.PublicKey.Blob.ToArray());
        }

        foreach (string name in numbers.Keys)
        {
            byte[] changed = [.. numbers[name]];
            changed[^1] ^= 4;
            byte[] tooLong = [.. numbers[name], .. new byte[400]];
            foreach (byte[] bad in new[] { changed, tooLong, [], [1] })
            {
                SshKeyException refusal = AssertRefused(Build(new(numbers) { [name] = bad }).Build());
                Assert.True(refusal.Error == SshKeyError.Malformed || (name is "n" or "e" && refusal.Error == SshKeyError.Unsupported));
            }
        }

        static KeyFileBuilder Build(Dictionary<string, byte[]> of) => new()
        {
            PublicBlob = TestKeys.Blob("rsa3072"),
            Private = KeyFileBuilder.Rsa(of["n"], of["e"], of["d"], of["iqmp"], of["p"], of["q"]),
        };
    }

    [Fact]
    public void RsaKey_OfAMillionBits_IsRefusedBeforeAnythingIsComputed()
    {
        byte[] n = [0x80, .. new byte[131_070], 1];
        byte[] blob = new SshWriter().Text("ssh-rsa").Mpint([1, 0, 1]).Mpint(n).ToArray();

        AssertUnsupported(new() { PublicBlob = blob, Private = KeyFileBuilder.Rsa(n, [1, 0, 1], [1], [1], [1], [1]) });
        AssertUnsupported(new()
        {
            PublicBlob = TestKeys.Blob("rsa3072"), Private = KeyFileBuilder.Rsa(n, [1, 0, 1], n, n, n, n[..65_536]),
        });
        AssertMalformed(new()
        {
            PublicBlob = TestKeys.Blob("rsa3072"),
            Private = KeyFileBuilder.Rsa(TestKeys.Number("rsa3072", "n"), [1, 0, 1], n, n, n, n),
        });
    }

    [Theory]
    [InlineData("ecdsa256", "nistp256", 65)]
    [InlineData("ecdsa384", "nistp384", 97)]
    [InlineData("ecdsa521", "nistp521", 133)]
    public void EcdsaKey_WithNumbersThatAreNotThoseOfAKey_IsRefused(string name, string curve, int pointSize)
    {
        byte[] point = TestKeys.Blob(name)[^pointSize..];
        byte[] secret = TestKeys.Number(name, "d");
        byte[] otherPoint = [.. point];
        otherPoint[^1] ^= 1;
        byte[] otherSecret = [.. secret];
        otherSecret[^1] ^= 1;
        SshPrivateKeyFile.Parse(Build(curve, point, secret).Build(), passphrase: null).Dispose();
        AssertMalformed(Build("nistp224", point, secret));
        AssertMalformed(Build(curve, otherPoint, secret));
        AssertMalformed(Build(curve, point[..^1], secret));
        AssertMalformed(Build(curve, point, otherSecret));
        AssertMalformed(Build(curve, point, []));
        AssertMalformed(Build(curve, point, new byte[pointSize].Select(_ => (byte)0xff).ToArray()));

        KeyFileBuilder Build(string curve, byte[] point, byte[] secret) => new()
        {
            PublicBlob = TestKeys.Blob(name), Private = KeyFileBuilder.Ecdsa(name, curve, point, secret),
        };
    }

    [Fact]
    public void Files_ThatAreHostile_GiveTheirKeyOrAreRefused()
    {
        var random = new Random(3);
        (byte[] Text, string Label, byte[] Content, byte[] Blob)[] files =
        [
            .. TestKeys.Files.Select(file =>
            {
                byte[] text = File.ReadAllBytes(TestKeys.PathOf(file.File));
                Assert.True(PemBlock.TryFind(text, out PemBlock block));
                return (text, block.Label, block.Decode(), TestKeys.Blob(file.Key));
            }),
        ];
        byte[] space = new byte[8192];
        int readable = 0;
        for (int i = Fuzz.Cases(3_000); i > 0; i--)
        {
            var (text, label, content, blob) = files[random.Next(files.Length)];
            ReadOnlySpan<byte> bent = random.Next(4) == 0
                ? Fuzz.Bend(random, [text], space)
                : KeyFileBuilder.ToPem(Fuzz.Bend(random, [content], space), label);
            try
            {
                using SshPrivateKey key = SshPrivateKeyFile.Parse(bent, passphrase: null);
                Assert.Equal(blob, key.PublicKey.Blob.ToArray());
                readable++;
            }
            catch (SshKeyException)
            {
                // Nothing else may come of it.
            }
        }

        Assert.True(readable > 0);
    }

    [Fact]
    public void File_ThatIsNotThereOrTooBig_IsRefusedByItsName()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            string missing = Path.Combine(folder, "missing");
            string big = Path.Combine(folder, "big");
            File.WriteAllBytes(big, new byte[SshPrivateKeyFile.MaxSize + 1]);

            AssertLoadRefused(SshKeyError.FileUnreadable, missing);
            AssertLoadRefused(SshKeyError.FileUnreadable, folder);
            AssertLoadRefused(SshKeyError.NotAPrivateKey, big);
            AssertLoadRefused(SshKeyError.PassphraseNeeded, TestKeys.PathOf("keys/id_ed25519_enc"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite, false)]
    [InlineData(UnixFileMode.UserRead, false)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.GroupRead, true)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.OtherWrite, true)]
    public void File_ThatIsOpenToOthers_GivesAWarning(UnixFileMode mode, bool expected)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // There are no such modes.
        }

        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            string path = Path.Combine(folder, "id");
            File.Copy(TestKeys.PathOf("keys/id_ed25519"), path);
            File.SetUnixFileMode(path, mode);

            using SshPrivateKey key = SshPrivateKeyFile.Load(path, passphrase: null, out string? warning);

            Assert.Equal(expected, warning is not null);
            if (expected)
            {
                Assert.Contains(path, warning, StringComparison.Ordinal);
                Assert.Contains("chmod 600", warning, StringComparison.Ordinal);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Key_AskedForAnAlgorithmThatIsNotItsOwn_DoesNotSign()
    {
        using SshPrivateKey key = SshPrivateKeyFile.Parse(File.ReadAllBytes(TestKeys.PathOf("keys/id_ecdsa256")), passphrase: null);

        Assert.Throws<ArgumentException>(() => key.Sign("ecdsa-sha2-nistp384", TestKeys.Message));
        Assert.Throws<ArgumentException>(() => key.Sign("ssh-ed25519", TestKeys.Message));
    }

    [Theory]
    [InlineData("keys/id_ed25519")]
    [InlineData("keys/id_ecdsa256")]
    [InlineData("keys/id_rsa3072")]
    public void Key_ThatIsDisposedOf_DoesNotSign(string file)
    {
        SshPrivateKey key = SshPrivateKeyFile.Parse(File.ReadAllBytes(TestKeys.PathOf(file)), passphrase: null);
        key.Dispose();

        Assert.Throws<ObjectDisposedException>(() => key.Sign(key.PublicKey.Algorithms[0], TestKeys.Message));
    }

    [Theory]
    [InlineData("keys/id_ecdsa384")]
    [InlineData("keys/id_rsa3072")]
    public async Task Key_UsedByManyAtATime_SignsForAll(string file)
    {
        using SshPrivateKey key = SshPrivateKeyFile.Parse(File.ReadAllBytes(TestKeys.PathOf(file)), passphrase: null);
        string algorithm = key.PublicKey.Algorithms[0];

        byte[][] signatures = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(() => key.Sign(algorithm, [(byte)i]))));

        Assert.All(signatures, (signature, i) => Assert.True(key.PublicKey.Verify(algorithm, [(byte)i], signature)));
    }

    private static void AssertMalformed(KeyFileBuilder file) => AssertRefused(SshKeyError.Malformed, file.Build(), "correct horse");

    private static void AssertUnsupported(KeyFileBuilder file) => AssertRefused(SshKeyError.Unsupported, file.Build(), "correct horse");

    private static void AssertRefused(SshKeyError expected, byte[] text, string? passphrase) =>
        Assert.Equal(expected, AssertRefused(text, passphrase).Error);

    private static SshKeyException AssertRefused(byte[] text, string? passphrase = null) =>
        Assert.Throws<SshKeyException>(() => SshPrivateKeyFile.Parse(text, passphrase).Dispose());

    private static void AssertLoadRefused(SshKeyError expected, string path)
    {
        SshKeyException refusal = Assert.Throws<SshKeyException>(() => SshPrivateKeyFile.Load(path, passphrase: null, out _));
        Assert.Equal(expected, refusal.Error);
        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
    }
}
