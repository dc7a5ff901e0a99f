using System.Text;
using GostNet.Ssh.Keys;

namespace GostNet.Ssh.Tests.Keys;

public sealed class HostKeyStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    private string KeyPath => Path.Combine(_folder, "state", "ssh_host_ed25519_key");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Key_ThatIsMissing_IsMadeAndFoundAgain()
    {
        using SshPrivateKey made = HostKeyStore.LoadOrCreate(KeyPath, out string? warning);
        using SshPrivateKey found = HostKeyStore.LoadOrCreate(KeyPath, out _);

        Assert.Null(warning);
        Assert.Equal("ssh-ed25519", made.PublicKey.Type);
        Assert.Equal(made.PublicKey.Blob.ToArray(), found.PublicKey.Blob.ToArray());
        Assert.Equal(
            SshKeyWriter.WritePublic(made.PublicKey, Environment.MachineName) + "\n", File.ReadAllText(KeyPath + ".pub"));
        Assert.Equal(2, Directory.GetFiles(Path.GetDirectoryName(KeyPath)!).Length);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyPath));
        }
    }

    [Fact]
    public async Task Key_ThatManyMakeAtOnce_IsTheSameForAll()
    {
        for (int round = 0; round < 20; round++)
        {
            string path = KeyPath + round;
            using var start = new Barrier(4);

            byte[][] blobs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    using SshPrivateKey key = HostKeyStore.LoadOrCreate(path, out string? _);
                    return key.PublicKey.Blob.ToArray();
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)));

            Assert.All(blobs, blob => Assert.Equal(blobs[0], blob));
            Assert.Contains(Convert.ToBase64String(blobs[0]), File.ReadAllText(path + ".pub"), StringComparison.Ordinal);
        }

        Assert.Equal(2 * 20, Directory.GetFiles(Path.GetDirectoryName(KeyPath)!).Length);
    }

    [Fact]
    public void Key_OfAnotherKind_IsTakenAsItIs()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(KeyPath)!);
        File.Copy(TestKeys.PathOf("keys/id_ecdsa256"), KeyPath);

        using SshPrivateKey key = HostKeyStore.LoadOrCreate(KeyPath, out _);

        Assert.Equal(TestKeys.Blob("ecdsa256"), key.PublicKey.Blob.ToArray());
        Assert.False(File.Exists(KeyPath + ".pub"));
    }

    [Fact]
    public void File_ThatIsNoKey_IsLeftAlone()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(KeyPath)!);
        File.WriteAllText(KeyPath, "something else");

        Assert.Equal(
            SshKeyError.NotAPrivateKey, Assert.Throws<SshKeyException>(() => HostKeyStore.LoadOrCreate(KeyPath, out _)).Error);
        Assert.Equal("something else", File.ReadAllText(KeyPath));
    }

    [Fact]
    public void Folder_ThatCannotBeMade_IsAnErrorThatNamesTheKey()
    {
        File.WriteAllText(Path.Combine(_folder, "state"), "a file");

        SshKeyException refusal = Assert.Throws<SshKeyException>(() => HostKeyStore.LoadOrCreate(KeyPath, out _));

        Assert.Equal(SshKeyError.FileUnreadable, refusal.Error);
        Assert.Contains(KeyPath, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PrivateKey_Written_IsInOpenSshsLines()
    {
        using var key = new Ed25519PrivateKey(TestKeys.Number("ed25519", "seed")) { Comment = "a comment, with ü" };

        byte[] text = SshKeyWriter.WritePrivate(key);

        string[] lines = Encoding.ASCII.GetString(text).Split('\n');
        Assert.Equal("-----BEGIN OPENSSH PRIVATE KEY-----", lines[0]);
        Assert.Equal("-----END OPENSSH PRIVATE KEY-----", lines[^2]);
        Assert.Equal("", lines[^1]);
        Assert.All(lines[1..^3], line => Assert.Equal(70, line.Length));
        Assert.InRange(lines[^3].Length, 1, 70);
        using SshPrivateKey read = SshPrivateKeyFile.Parse(text, passphrase: null);
        Assert.Equal(TestKeys.Blob("ed25519"), read.PublicKey.Blob.ToArray());
        Assert.Equal("a comment, with ü", read.Comment);
    }

    [Fact]
    public void PublicKey_Written_IsTheLineOfAPubFile()
    {
        foreach (string name in TestKeys.Names)
        {
            string expected = File.ReadAllText(TestKeys.PathOf($"keys/id_{name}.pub")).TrimEnd('\n');

            string comment = TestKeys.Describe(name).GetProperty("comment").GetString()!;
            Assert.Equal(expected, SshKeyWriter.WritePublic(TestKeys.Public(name), comment));
        }

        Assert.DoesNotContain(' ', SshKeyWriter.WritePublic(TestKeys.Public("ed25519"), "")["ssh-ed25519 ".Length..]);
    }
}
