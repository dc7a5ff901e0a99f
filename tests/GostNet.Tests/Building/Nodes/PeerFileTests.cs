using GostNet.Diagnostics;
using GostNet.Testing;
using GostNet.Tests.Shared;
using Microsoft.Extensions.Options;

namespace GostNet.Tests.Building.Nodes;

/// <summary>The files that <c>peer</c> names, through the builder: which proxies are dialled tells what was read.</summary>
public sealed class PeerFileTests : IDisposable
{
    private static readonly HostEndPoint Target = new("db", 5432);

    private readonly string _file = Path.GetTempFileName();
    private readonly ManualTimeProvider _time = new();
    private readonly RecordingLoggerFactory _logs = new();
    private readonly InMemoryNetwork _network = new();
    private readonly HashSet<string> _listening = [];

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Lines_WithPeers_AddNodesToTheGroup()
    {
        File.WriteAllText(_file, """
            # three proxies in all
            peer	forward://two:1   # the second
            peer forward://x:1?ip=three:3

            """);

        Assert.Equal(["one:1", "two:1", "three:3", "one:1"], await DialAsync(Build(), 4));
    }

    [Fact]
    public async Task Lines_WithOptions_StandAboveTheUrls()
    {
        File.WriteAllText(_file, "strategy fifo\nmax_fails -1\nfail_timeout 5\npeer forward://two:1\n");
        IDialer dialer = Build("?strategy=round&max_fails=7");

        Assert.Equal(["one:1", "one:1"], await DialAsync(dialer, 2));
    }

    [Theory]
    [InlineData("""{"strategy":"fifo","max_fails":0,"FailTimeout":0,"fastest_count":0,"nodes":["forward://two:1"]}""", "one:1 one:1 one:1")]
    [InlineData("""{"strategy":"","nodes":["forward://two:1", "forward://three:1"]}""", "one:1 two:1 three:1")]
    [InlineData("""  {"Nodes":["forward://two:1"],"MAX_FAILS":2,"fail_timeout":"10s","reload":"3s"}""", "one:1 two:1 one:1")]
    public async Task Json_AsGostHasIt_AddsNodesToTheGroup(string content, string expected)
    {
        File.WriteAllText(_file, content);

        Assert.Equal(expected.Split(' '), await DialAsync(Build(), 3));
    }

    [Fact]
    public async Task Json_WithFailTimeoutInNanoseconds_IsKeptTo()
    {
        File.WriteAllText(_file, """{"strategy":"fifo","FailTimeout":2000000000,"nodes":["forward://two:1"]}""");
        _network.Fail(new("one", 1), ForwardError.ConnectionRefused);
        IDialer dialer = Build();

        await Assert.ThrowsAsync<ForwardException>(() => dialer.DialAsync(Target).AsTask());
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Equal("two:1", (await DialAsync(dialer, 1))[^1]);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal("one:1", (await DialAsync(dialer, 1))[^1]);
    }

    [Theory]
    [InlineData("peer\n", "line 1: 'peer' takes one value")]
    [InlineData("\npeer nonsense://two:1\n", "scheme 'nonsense' is not known")]
    [InlineData("peer forward://two:1?peer=x\n", "there is no such file")]
    [InlineData("strategy least\n", "line 1: 'least' is not a value that strategy can have")]
    [InlineData("max_fails two\nfail_timeout soon\nreload often\n", "'often' is not a value that reload can have")]
    [InlineData("speed 9\n", "line 1: 'speed' is not known")]
    [InlineData("{\"nodes\":[}", "it is not a JSON object")]
    [InlineData("{\"nodes\":\"forward://two:1\"}", "'nodes' is not known")]
    [InlineData("{\"nodes\":[\"foo://x:1\"]}", "scheme 'foo' is not known")]
    public void Build_OfAFileWithMistakes_TellsThem(string content, string expected)
    {
        File.WriteAllText(_file, content);

        Assert.Contains(expected, Assert.Throws<OptionsValidationException>(() => Build()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_OfAChangedFile_ReplacesTheNodes()
    {
        File.WriteAllText(_file, "reload 5s\nstrategy fifo\n");
        IDialer dialer = Build();
        await DialAsync(dialer, 1);

        Change("reload 5s\npeer forward://two:1\npeer forward://three:1\n");
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal("one:1", (await DialAsync(dialer, 1))[^1]);
        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(["one:1", "two:1", "three:1"], (await DialAsync(dialer, 3))[^3..]);
        Assert.Single(_logs.WithId(LogEventIds.PeersReloaded));
    }

    /// <summary>An editor that replaces a file leaves none for a moment. GOST would never look again.</summary>
    [Fact]
    public async Task Reload_OfAFileThatIsGoneOrWrongForAWhile_KeepsTheNodesAndLooksAgain()
    {
        File.WriteAllText(_file, "reload 1s\nstrategy fifo\n");
        IDialer dialer = Build();
        File.Delete(_file);

        for (int i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal("one:1", (await DialAsync(dialer, 1))[^1]);
        }

        Assert.Single(_logs.WithId(LogEventIds.PeersNotReloaded));
        Change("peer nonsense\n");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("one:1", (await DialAsync(dialer, 1))[^1]);
        Assert.Equal(2, _logs.WithId(LogEventIds.PeersNotReloaded).Count);

        Change("peer forward://two:1\nstrategy random\nstrategy round\n");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["one:1", "two:1"], (await DialAsync(dialer, 2))[^2..]);
    }

    private IDialer Build(string query = "") => new ForwardBuilder()
        .UseNetwork(_network)
        .UseTimeProvider(_time)
        .UseLoggerFactory(_logs)
        .Via($"forward://one:1{(query.Length > 0 ? query + "&" : "?")}peer={Uri.EscapeDataString(_file)}")
        .BuildDialer();

    /// <summary>Dials so many times and tells which nodes were dialled so far. Whether anybody is there makes no difference.</summary>
    private async Task<string[]> DialAsync(IDialer dialer, int times)
    {
        foreach (string host in new[] { "one:1", "two:1", "three:1", "three:3" })
        {
            if (_listening.Add(host))
            {
                await _network.ListenAsync(HostEndPoint.Parse(host));
            }
        }

        for (int i = 0; i < times; i++)
        {
            await using IConnection connection = await dialer.DialAsync(Target).OrFail();
        }

        return [.. _network.Dials.Select(d => d.ToString())];
    }

    /// <summary>Writes the file with a time stamp of its own: two writes within one tick of the file system would look alike.</summary>
    private void Change(string content)
    {
        DateTime written = File.Exists(_file) ? File.GetLastWriteTimeUtc(_file) : DateTime.UnixEpoch;
        File.WriteAllText(_file, content);
        File.SetLastWriteTimeUtc(_file, written.AddSeconds(1));
    }
}
