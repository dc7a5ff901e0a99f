using System.Net;
using GostNet.Ssh.Keys;
using GostNet.Ssh.Tests.Keys;
using GostNet.Ssh.Trust;
using GostNet.Tests.Shared;
using Microsoft.Extensions.Logging;

namespace GostNet.Ssh.Tests.Trust;

public sealed class AuthorizedKeysFileTests : IDisposable
{
    private static readonly SshPublicKey Key = TestKeys.Public("ed25519");
    private static readonly string KeyText = $"{Key.Type} {Convert.ToBase64String(Key.Blob.Span)}";
    private static readonly IPAddress Client = IPAddress.Parse("192.0.2.7");

    private readonly RecordingLoggerFactory _logs = new();
    private readonly ManualTimeProvider _time = new(); // 2001-02-03 04:05:06 UTC
    private readonly TempFile _file = new();

    public void Dispose() => _file.Dispose();

    [Theory]
    [InlineData("", true, true)]
    [InlineData("restrict", false, false)]
    [InlineData("restrict,port-forwarding", true, true)]
    [InlineData("port-forwarding,restrict", false, false)]
    [InlineData("no-port-forwarding", false, false)]
    [InlineData("No-Port-Forwarding,PORT-forwarding", true, true)]
    [InlineData("permitopen=\"db:5432\"", true, true)]
    [InlineData("permitopen=\"x:1\",permitopen=\"db:5432\"", true, true)]
    [InlineData("permitopen=\"db:5433\"", false, true)]
    [InlineData("permitlisten=\"8080\"", true, true)]
    [InlineData("permitlisten=\"localhost:8081\"", true, false)]
    [InlineData("permitlisten=\"*:*\",permitopen=\"[::1]:*\"", false, true)]
    [InlineData("restrict,permitopen=\"db:5432\"", false, false)]
    [InlineData("restrict,port-forwarding,permitopen=\"db:5432\",permitlisten=\"1\"", true, false)]
    [InlineData("command=\"false\",no-pty,tunnel=\"any\",environment=\"A_1=b=c\"", true, true)]
    [InlineData(",,no-agent-forwarding,agent-forwarding,X11-forwarding,no-user-rc,no-touch-required", true, true)]
    public void Find_ByOptions_TellsWhatMayBeForwarded(string options, bool mayOpen, bool mayListen)
    {
        IForwardPermissions? permissions = Open($"{options} {KeyText}").Find("somebody", Key, Client);

        Assert.NotNull(permissions);
        Assert.Equal((mayOpen, mayListen), (permissions.MayOpen("db", 5432), permissions.MayListen("localhost", 8080)));
        Assert.Empty(_logs.WithId(TrustLog.LineSkippedId));
    }

    [Theory]
    [InlineData("restrictx")]
    [InlineData("no-restrict")]
    [InlineData("no-cert-authority")]
    [InlineData("from=\"*\",from=\"*\"")]
    [InlineData("command=\"a\",command=\"b\"")]
    [InlineData("from=\"10.0.0.1/8\"")]
    [InlineData("from=\"10.0.0.0/33\"")]
    [InlineData("from=\"*")]
    [InlineData("from=\"*\"x")]
    [InlineData("from=*")]
    [InlineData("from")]
    [InlineData("from=")]
    [InlineData("permitopen=\"db:1:2\"")]
    [InlineData("environment=\"A\"")]
    [InlineData("environment=\"A-B=c\"")]
    [InlineData("tunnel=\"x\"")]
    [InlineData("expiry-time=\"20010230\"")]
    [InlineData("expiry-time=\"2001020\"")]
    [InlineData("expiry-time=\"20990101X\"")]
    [InlineData("expiry-time=\"Z\"")]
    [InlineData("expiry-time=\"\"")]
    [InlineData("expiry-time=\"00010101\"")]
    [InlineData("no-pty,\u00e4=\"x\"")]
    public void Find_ByALineWithAnError_LetsNobodyInAndTells(string options)
    {
        Assert.Null(Open($"\n{options} {KeyText}").Find("somebody", Key, Client));

        LogEntry told = Assert.Single(_logs.WithId(TrustLog.LineSkippedId));
        Assert.Equal((LogLevel.Warning, 2), (told.Level, told.Values["Line"]));
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "::ffff:192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.70", false)]
    [InlineData("192.0.2.*", "192.0.2.70", true)]
    [InlineData("192.0.2.?", "192.0.2.70", false)]
    [InlineData("192.0.2.0/24", "192.0.2.255", true)]
    [InlineData("192.0.2.0/24", "192.0.3.0", false)]
    [InlineData("2001:DB8::/32", "2001:db8:1::1", true)]
    [InlineData("2001:db8::0:1", "2001:db8::1", true)]
    [InlineData("fe80::1%1", "fe80::2%1", false)]
    [InlineData("2001:db8:*", "2001:db8::1", true)]
    [InlineData("fe80::/10", "fe80::1%1", true)]
    [InlineData("192.0.2.0/24,!192.0.2.7", "192.0.2.8", true)]
    [InlineData("192.0.2.0/24,!192.0.2.7", "192.0.2.7", false)]
    [InlineData("!192.0.2.0/28,*", "192.0.2.7", false)]
    [InlineData("!192.0.2.0/28", "10.0.0.1", false)]
    [InlineData("0.0.0.0/0", "::1", false)]
    [InlineData("host.example", "192.0.2.7", false)]
    [InlineData("", "192.0.2.7", false)]
    public void Find_FromAnAddress_LetsInWhoIsInTheList(string from, string client, bool isIn) =>
        Assert.Equal(isIn, Open($"from=\"{from}\" {KeyText}").Find("somebody", Key, IPAddress.Parse(client)) is not null);

    [Fact]
    public void Find_FromNoAddress_LetsInOnlyByLinesForEverywhere()
    {
        Assert.Null(Open($"from=\"*\" {KeyText}").Find("somebody", Key, null));
        Assert.NotNull(Open(KeyText).Find("somebody", Key, null));
    }

    [Theory]
    [InlineData("20010203040506Z", 0, true)]
    [InlineData("20010203040506Z", 1, false)]
    [InlineData("200102030405Z", 0, false)]
    [InlineData("200102030406z", 0, true)]
    [InlineData("20010203040506UTC", 0, true)]
    [InlineData("20010203", 0, false)]
    [InlineData("20010203100506", 0, true)]
    [InlineData("20010203100505", 0, false)]
    [InlineData("20010204", 0, true)]
    public void Find_UpToATime_LetsInUntilThen(string expiry, int seconds, bool isIn)
    {
        var time = new EasternTimeProvider(_time);
        _file.Write($"expiry-time=\"{expiry}\" {KeyText}");
        Assert.True(AuthorizedKeysFile.TryOpen(_file.Path, time, _logs.CreateLogger("x"), out AuthorizedKeysFile? keys, out _));

        _time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal(isIn, keys.Find("somebody", Key, Client) is not null);
        Assert.Equal(isIn ? 0 : 1, _logs.WithId(TrustLog.KeyNotAllowedId).Count);
    }

    [Theory]
    [InlineData("sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t", "security tokens are not supported")]
    [InlineData("no-pty ssh-dss AAAAB3NzaC1kc3M=", "not supported: ssh-dss")]
    [InlineData("ssh-ed25519 AAAA", "the key is not of the type ssh-ed25519")]
    [InlineData("ssh-ed25519", "there is no key in it")]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKZN2jpDVlq8W8pUEbxGT/UJYTv4khSls6w6", "cut short")]
    [InlineData("no-pty", "there is no key in it")]
    public void Read_OfALineWithoutAKeyThatIsTaken_SaysWhy(string line, string expected)
    {
        Open(line);

        Assert.Contains(expected, Assert.Single(_logs.WithId(TrustLog.LineSkippedId)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_WithSeveralTimes_GoesByTheEarliest() =>
        Assert.Null(Open($"expiry-time=\"20200101\",expiry-time=\"20000101\",expiry-time=\"20200101\" {KeyText}").Find("x", Key, Client));

    [Fact]
    public void Find_WithSeveralLinesOfAKey_GoesByTheFirstThatAllowsIt()
    {
        AuthorizedKeysFile keys = Open($"""
            from="10.0.0.0/8" {KeyText}
            expiry-time="20000101" {KeyText}
            cert-authority {KeyText}
            permitopen="a:1" {KeyText}
            permitopen="b:1" {KeyText}
            """);

        IForwardPermissions? permissions = keys.Find("somebody", Key, Client);
        Assert.Equal((true, false), (permissions?.MayOpen("a", 1), permissions?.MayOpen("b", 1)));
        Assert.True(keys.Find("somebody", Key, IPAddress.Parse("10.1.2.3"))?.MayOpen("b", 1));
        Assert.Null(keys.Find("somebody", TestKeys.Public("rsa3072"), Client));
    }

    [Fact]
    public void Find_AfterAChange_GoesByTheNewFile()
    {
        AuthorizedKeysFile keys = Open("# nobody yet\n");
        Assert.Null(keys.Find("somebody", Key, Client));

        _file.Write(KeyText);
        Assert.NotNull(keys.Find("somebody", Key, Client));

        _file.Write("restrict " + KeyText);
        Assert.False(keys.Find("somebody", Key, Client)?.MayOpen("a", 1));
        Assert.Equal([0, 1, 1], _logs.WithId(TrustLog.KeysReadId).Select(entry => entry.Values["Count"]));
        keys.Find("somebody", Key, Client);
        Assert.Equal(3, _logs.Entries.Count);
    }

    [Fact]
    public void Find_WhileTheFileIsAway_LetsNobodyInAndTellsOnce()
    {
        AuthorizedKeysFile keys = Open(KeyText);
        File.Delete(_file.Path);
        for (int i = 0; i < 3; i++)
        {
            Assert.Null(keys.Find("somebody", Key, Client));
        }

        Assert.Single(_logs.WithId(TrustLog.KeysNotReadId));
        _file.Write(KeyText);
        Assert.NotNull(keys.Find("somebody", Key, Client));
    }

    [Fact]
    public void Find_InAFileThatHasGrownTooLarge_LetsNobodyInAndReadsItOnce()
    {
        AuthorizedKeysFile keys = Open(KeyText);
        using (FileStream stream = File.OpenWrite(_file.Path))
        {
            stream.SetLength(AuthorizedKeysFile.MaxSize + 1);
        }

        Assert.Null(keys.Find("somebody", Key, Client));
        Assert.Null(keys.Find("somebody", Key, Client));
        Assert.Contains("larger than", Assert.Single(_logs.WithId(TrustLog.KeysNotReadId)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryOpen_OfNoFile_SaysWhy()
    {
        Assert.False(AuthorizedKeysFile.TryOpen(_file.Path, _time, _logs.CreateLogger("x"), out _, out string? problem));
        Assert.Contains(_file.Path, problem, StringComparison.Ordinal);
    }

    private AuthorizedKeysFile Open(string content)
    {
        _file.Write(content);
        Assert.True(
            AuthorizedKeysFile.TryOpen(_file.Path, _time, _logs.CreateLogger("x"), out AuthorizedKeysFile? keys, out string? problem),
            problem);
        return keys;
    }

    /// <summary>A clock of a place that is six hours ahead.</summary>
    private sealed class EasternTimeProvider(TimeProvider time) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone { get; } = TimeZoneInfo.CreateCustomTimeZone("x", TimeSpan.FromHours(6), "x", "x");

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow();
    }
}
