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

    /// <summary>Each line was given to <c>ssh-keygen -F</c> of OpenSSH 9.2 alone.</summary>
    [Theory]
    [InlineData("y.a.example", 0, 3)]
    [InlineData("x.a.example", 3)]
    [InlineData("Y.A.EXAMPLE", 0, 3)]
    [InlineData("[z.b.example]:2222", 1, 3)]
    [InlineData("z.b.example", 3)]
    [InlineData("[mixed.example]:443", 2, 3)]
    [InlineData("k.c.example")]
    [InlineData("[k.c.example]:23", 3)]
    [InlineData("w.d.example", 3, 4)]
    [InlineData("a", 3, 5)]
    [InlineData("b", 3, 5)]
    [InlineData("c", 3, 5)]
    [InlineData("neg.example", 3)]
    [InlineData("m.q", 3, 8)]
    [InlineData("fe80::1%eth0", 3, 9)]
    [InlineData("h1.example", 3, 10)]
    [InlineData("h2.example", 3)]
    [InlineData("[h2.example]:2200", 3, 11)]
    [InlineData("2001:db8::5", 3, 12)]
    [InlineData("[2001:db8::6]:2022", 3, 13)]
    [InlineData("[2001:db8::6]:2023", 3)]
    public void IsAbout_OfALine_IsAsOpenSsh(string name, params int[] lines)
    {
        string[] all =
        [
            "*.a.example,!x.a.example",
            "[*.b.example]:2222",
            "[Mixed.Example]:443",
            "*,!*.c.example",
            "@revoked *.d.example",
            "a,b,,c",
            "|1|bad|bad",
            "!neg.example",
            "?.q",
            "fe80::1%eth0",
            "|1|mazffouKzANSJZiAlECwMM1v4a8=|kmjnYeq+GdIJ0vViyBtbpHV4S0Y=",
            "|1|rbLhHXsdqxF4nzivo6igb7M+zOE=|i3VoiWpSm/a24wjC2cHdWCvQZ8A=",
            "|1|OBbsPkn5cKmjHz6t9VoUSumhJUE=|PIuMJbWxKPttAD2s9GA3XAVyPQ4=",
            "|1|fNcCY8Zm3cQtFWthwRL24Q+S4ZU=|jRVbcSkzHSbgqt9Ik2x24r5fHUA=",
        ];

        Assert.Equal(lines, Enumerable.Range(0, all.Length).Where(i =>
            KnownHostLine.TryParse(Encoding.UTF8.GetBytes($"{all[i]} {KeyText}"), out KnownHostLine line, out _)
            && line.IsAbout(Encoding.UTF8.GetBytes(name))));
    }

    [Fact]
    public void DefaultPaths_OfAUser_AreThoseOfOpenSsh() =>
        Assert.All(KnownHostsFile.DefaultPaths, path => Assert.EndsWith("known_hosts", path, StringComparison.Ordinal));

    private static KnownHostsFile Open(string path) => new(path, new RecordingLoggerFactory().CreateLogger("x"));
}
