using System.Text;
using GostNet.Ssh.Keys;
using GostNet.Ssh.Tests.Keys;
using GostNet.Ssh.Trust;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Trust;

public sealed class KnownHostsFileTests : IDisposable
{
    private static readonly SshPublicKey Key = TestKeys.Public("ed25519");
    private static readonly string KeyText = $"{Key.Type} {Convert.ToBase64String(Key.Blob.Span)}";

    private readonly TempFile _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Add_ToNoFile_MakesItAndItsDirectoryForTheUserAlone()
    {
        string path = Path.Combine(Path.GetDirectoryName(_temp.Path)!, ".ssh", "known_hosts");

        Open(path).Add("[host]:2222", Key);

        Assert.Equal($"[host]:2222 {KeyText}\n", File.ReadAllText(path));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(path)!));
        }
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("# comment", "\n")]
    [InlineData("# comment\n", "")]
    public void Add_ToAFile_BeginsALine(string before, string between)
    {
        _temp.Write(before);

        Open(_temp.Path).Add("host", Key);

        Assert.Equal($"{before}{between}host {KeyText}\n", File.ReadAllText(_temp.Path));
    }

    [Fact]
    public void Add_ToAFileWithHashedNames_HashesTheName()
    {
        string before = $"{KnownHostLine.HashName("other"u8, new byte[20])} {KeyText}\n";
        _temp.Write(before);

        Open(_temp.Path).Add("[host]:2222", Key);

        string line = File.ReadAllText(_temp.Path)[before.Length..];
        Assert.StartsWith("|1|", line, StringComparison.Ordinal);
        Assert.DoesNotContain("host", line, StringComparison.Ordinal);
        var found = new KnownHost();
        Open(_temp.Path).Find("[host]:2222", Key, found);
        Assert.Equal(2, found.Listed?.Line);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a,b")]
    [InlineData("*")]
    [InlineData("a b")]
    [InlineData("a\nb")]
    [InlineData("a\u2028b")]
    [InlineData("#a")]
    [InlineData("|1|a")]
    [InlineData("@revoked")]
    [InlineData("!a")]
    public void Add_OfANameThatMeansSomethingElse_Refuses(string name)
    {
        Assert.Throws<IOException>(() => Open(_temp.Path).Add(name, Key));
        Assert.False(File.Exists(_temp.Path));
    }

    /// <summary>The salt, the name and the hash were made by <c>ssh-keygen -H</c>.</summary>
    [Fact]
    public void HashName_OfAName_IsAsOpenSsh()
    {
        string line = File.ReadAllLines(TestKeys.PathOf("known_hosts")).First(line => line.StartsWith("|1|", StringComparison.Ordinal));
        string hashed = line.Split(' ')[0];

        Assert.Equal(hashed, KnownHostLine.HashName("hashed.example"u8, Convert.FromBase64String(hashed.Split('|')[2])));
    }

    [Theory]
    [InlineData("|1|jpdFJnho1wdT1ZY9eyaTNIuO7PE=|PGJxEsOkSZgfpCykp+L8cjXv3gM", false)]
    [InlineData("|1|jpdFJnho1wdT1ZY9eyaTNIuO7A==|PGJxEsOkSZgfpCykp+L8cjXv3gM=", false)]
    [InlineData("|2|jpdFJnho1wdT1ZY9eyaTNIuO7PE=|PGJxEsOkSZgfpCykp+L8cjXv3gM=", false)]
    [InlineData("|1|jpdFJnho1wdT1ZY9eyaTNIuO7PE=|PGJxEsOkSZgfpCykp+L8cjXv3gM=,x", false)]
    [InlineData("|", false)]
    [InlineData("|1||", false)]
    [InlineData("|1|jpdFJnho1wdT1ZY9eyaTNIuO7PE=|PGJxEsOkSZgfpCykp+L8cjXv3gM=", true)]
    public void TryParse_OfAHashedName_WantsTwentyBytesTwice(string name, bool isRead)
    {
        Assert.Equal(isRead, KnownHostLine.TryParse(Encoding.UTF8.GetBytes($"{name} {KeyText}"), out _, out string? problem));
        Assert.Equal(isRead ? null : "its hashed name cannot be read", problem);
    }

    [Fact]
    public void DefaultPaths_OfAUser_AreThoseOfOpenSsh() =>
        Assert.All(KnownHostsFile.DefaultPaths, path => Assert.EndsWith("known_hosts", path, StringComparison.Ordinal));

    private static KnownHostsFile Open(string path) => new(path, new RecordingLoggerFactory().CreateLogger("x"));
}
