using System.Net;
using System.Text;
using GostNet.Ssh.Keys;
using GostNet.Ssh.Tests.Keys;
using GostNet.Ssh.Trust;
using GostNet.Tests.Protocols;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Trust;

/// <summary>Files that nobody writes by hand (ssh, section 7).</summary>
public sealed class HostileTrustFilesTests
{
    private static readonly SshPublicKey Key = TestKeys.Public("ed25519");
    private static readonly string KeyText = $"{Key.Type} {Convert.ToBase64String(Key.Blob.Span)}";

    private readonly RecordingLoggerFactory _logs = new();

    [Fact]
    public void Find_BehindALineOfHalfAGigabyte_FindsTheNextInLittleMemory()
    {
        const long length = 1L << 29;
        using var stream = new RepeatingStream((byte)'a', length, Encoding.UTF8.GetBytes($"\nhost {KeyText}"));
        long before = GC.GetAllocatedBytesForCurrentThread();

        KnownHost host = Find(stream, "host");

        Assert.Equal(2, host.Listed?.Line);
        Assert.Contains("longer than", _logs.WithId(TrustLog.LineSkippedId).Single().Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Find_InAFileWithoutAnEnd_GivesUp()
    {
        using var stream = new RepeatingStream((byte)'a', long.MaxValue, []);

        var e = Assert.Throws<IOException>(() => Find(stream, "host"));
        Assert.Contains("larger than", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfAuthorizedKeysWithoutAnEnd_GivesUp()
    {
        using var stream = new RepeatingStream(Encoding.UTF8.GetBytes($"# {new string('x', 200)}\n"), long.MaxValue, []);

        Assert.Throws<IOException>(() => AuthorizedKeysFile.Read(stream, TimeZoneInfo.Utc, (_, _) => { }));
    }

    [Fact]
    public void Read_OfAuthorizedKeysBehindALongLine_FindsTheNext()
    {
        using var stream = new RepeatingStream((byte)'a', 10_000_000, Encoding.UTF8.GetBytes($"\n{KeyText}"));
        List<int> told = [];

        var keys = AuthorizedKeysFile.Read(stream, TimeZoneInfo.Utc, (line, _) => told.Add(line));

        Assert.Equal(2, Assert.Single(Assert.Single(keys).Value).Line);
        Assert.Equal([1], told);
    }

    [Theory]
    [InlineData(TrustFileReader.MaxLineLength - 1, true)]
    [InlineData(TrustFileReader.MaxLineLength, false)]
    public void TryRead_OfALine_TakesItUpToTheLimit(int length, bool isTaken)
    {
        byte[] text = Encoding.UTF8.GetBytes("first\n" + new string('x', length) + "\nlast");
        using var reader = new TrustFileReader(new RepeatingStream(text, text.Length, []), long.MaxValue);

        Assert.True(reader.TryRead(out ReadOnlySpan<byte> line, out bool isTooLong));
        Assert.Equal("first", Encoding.UTF8.GetString(line));
        Assert.True(reader.TryRead(out line, out isTooLong));
        Assert.Equal(isTaken, !isTooLong);
        Assert.Equal(isTaken ? length : 0, line.Length);
        Assert.True(reader.TryRead(out line, out isTooLong));
        Assert.Equal(("last", false, 3), (Encoding.UTF8.GetString(line), isTooLong, reader.LineNumber));
        Assert.False(reader.TryRead(out _, out _));
    }

    [Theory]
    [InlineData("host KEY")]
    [InlineData("host KEY\r")]
    [InlineData("\r\n\r\nhost KEY\r\n\r\n")]
    [InlineData("\uFEFFhost KEY\n")]
    [InlineData("\0\0\0\nhost KEY\n")]
    [InlineData("host\0 KEY\nhost KEY\n")]
    public void Find_InOddText_FindsTheHost(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text.Replace("KEY", KeyText, StringComparison.Ordinal));

        Assert.NotNull(Find(new MemoryStream(bytes), "host").Listed);
    }

    [Fact]
    public void Find_InUtf16_FindsNothingAndSaysWhy()
    {
        Assert.Null(Find(new MemoryStream(Encoding.Unicode.GetBytes($"\uFEFFhost {KeyText}\nhost {KeyText}\n")), "host").Listed);
        Assert.Contains("UTF-8", _logs.WithId(TrustLog.LineSkippedId)[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfAuthorizedKeysInUtf16_FindsNothingAndSaysWhy()
    {
        string? problem = null;
        var stream = new MemoryStream(Encoding.Unicode.GetBytes($"\uFEFF{KeyText}\n"));

        Assert.Empty(AuthorizedKeysFile.Read(stream, TimeZoneInfo.Utc, (_, text) => problem ??= text));
        Assert.Contains("UTF-8", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_AmongAMillionPatterns_TakesLinearTime()
    {
        string line = string.Join(',', Enumerable.Range(0, 5_000).Select(i => $"*h{i}*?")) + $" {KeyText}\n";
        Assert.InRange(line.Length, 1, TrustFileReader.MaxLineLength);
        using var stream = new RepeatingStream(Encoding.UTF8.GetBytes(line), 200L * line.Length, Encoding.UTF8.GetBytes($"host {KeyText}"));

        Assert.Equal(201, Find(stream, "host").Listed?.Line);
    }

    [Fact]
    public void Find_ByAPatternOfManyStars_TakesNoExponentialTime()
    {
        string stars = string.Concat(Enumerable.Repeat("a*", 1_000));

        Assert.Null(Find(new MemoryStream(Encoding.UTF8.GetBytes($"{stars}b {KeyText}")), new string('a', 255)).Listed);
    }

    [Fact]
    public void Find_AmongHashedNames_TakesLinearTime()
    {
        byte[] line = Encoding.UTF8.GetBytes($"{KnownHostLine.HashName("other"u8, new byte[20])} {KeyText}\n");
        byte[] last = Encoding.UTF8.GetBytes($"{KnownHostLine.HashName("host"u8, new byte[20])} {KeyText}\n");
        using var stream = new RepeatingStream(line, Fuzz.Cases(100_000) * (long)line.Length, last);

        Assert.Equal(Fuzz.Cases(100_000) + 1, Find(stream, "host").Listed?.Line);
    }

    [Fact]
    public void Find_AmongManyBrokenLines_TellsOfAFew()
    {
        using var stream = new RepeatingStream("broken\n"u8.ToArray(), 7 * 100_000, []);

        Find(stream, "host");

        Assert.Equal(10, _logs.WithId(TrustLog.LineSkippedId).Count);
        Assert.Equal(99_990, _logs.WithId(TrustLog.LinesSkippedId).Single().Values["Count"]);
    }

    [Fact]
    public void Find_InBentFiles_NeverThrows()
    {
        var random = new Random(7001);
        byte[] good = File.ReadAllBytes(TestKeys.PathOf("known_hosts"));
        byte[][] lines = [.. Encoding.UTF8.GetString(good).Split('\n').Select(Encoding.UTF8.GetBytes)];
        byte[] space = new byte[4096];
        for (int i = Fuzz.Cases(10_000); i > 0; i--)
        {
            Find(new MemoryStream(Fuzz.Bend(random, lines, space).ToArray()), i % 2 == 0 ? "plain.example" : "[2001:db8::7]:2222");
        }
    }

    [Fact]
    public void Read_OfBentAuthorizedKeys_NeverThrows()
    {
        var random = new Random(7002);
        byte[][] lines =
        [
            .. TestKeys.ReadJson("authorized_keys.json").GetProperty("cases").EnumerateArray()
                .Select(line => Encoding.UTF8.GetBytes(line.GetProperty("line").GetString()!)),
        ];
        byte[] space = new byte[4096];
        int good = 0;
        for (int i = Fuzz.Cases(10_000); i > 0; i--)
        {
            var keys = AuthorizedKeysFile.Read(
                new MemoryStream(Fuzz.Bend(random, lines, space).ToArray()), TimeZoneInfo.Utc, (_, problem) => Assert.NotEmpty(problem));
            foreach ((string blob, List<AuthorizedKey> found) in keys)
            {
                Assert.StartsWith("AAAA", blob, StringComparison.Ordinal); // it begins with the length of its type
                found[0].Permissions.MayOpen("host", 1);
                found[0].Permissions.MayListen("", 0);
                found[0].From?.Contains(IPAddress.IPv6Loopback);
                good++;
            }
        }

        Assert.NotEqual(0, good);
    }

    private KnownHost Find(Stream stream, string name)
    {
        var host = new KnownHost();
        new KnownHostsFile("known_hosts", _logs.CreateLogger("x")).Find(stream, name, Key, host, tells: true);
        return host;
    }
}
