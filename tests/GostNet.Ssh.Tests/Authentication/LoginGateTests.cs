using System.Net;
using GostNet.Ssh.Authentication;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Authentication;

public sealed class LoginGateTests
{
    private static readonly IPAddress Somebody = IPAddress.Parse("192.0.2.1");

    private readonly ManualTimeProvider _time = new();
    private readonly RecordingLoggerFactory _log = new();

    [Fact]
    public void Refusal_IsOneLine() => Assert.Equal("Not allowed at this time\r\n"u8, LoginGate.Refusal);

    [Fact]
    public void Connections_UpToTheFirstLimit_AreAllTaken()
    {
        LoginGate gate = Gate(new() { Random = new Always(0) });

        Assert.Equal(10, Fill(gate, 20).Count);
        Assert.Equal(10, gate.Open);
        Assert.Equal(10, _log.WithId(LoginLog.ConnectionRejected).Count);
    }

    [Fact]
    public void Connections_UpToTheLastLimit_AreTakenByLuck()
    {
        LoginGate gate = Gate(new() { Random = new Always(99) });

        Assert.Equal(100, Fill(gate, 200).Count);
    }

    [Theory]
    [InlineData(10, 30)]
    [InlineData(55, 65)]
    [InlineData(99, 99)]
    public void Share_OfDroppedConnections_RisesEvenly(int open, int expected)
    {
        Always random = new(99);
        LoginGate gate = Gate(new() { Random = random });
        Fill(gate, open);

        int dropped = 0;
        for (random.Value = 0; random.Value < 100; random.Value++)
        {
            if (gate.TryEnter(null, out LoginPass? pass))
            {
                pass.Dispose();
            }
            else
            {
                dropped++;
            }
        }

        Assert.Equal(expected, dropped);
        Assert.Equal(open, gate.Open);
    }

    [Fact]
    public void Place_GivenBack_IsFreeOnce()
    {
        LoginGate gate = Gate(new() { Random = new Always(0) });
        List<LoginPass> passes = Fill(gate, 10);

        passes[0].Succeeded();
        passes[0].Failed();
        passes[0].Dispose();
        passes[1].Failed();
        passes[2].Dispose();

        Assert.Equal(7, gate.Open);
        Assert.Equal(3, Fill(gate, 10).Count);
    }

    [Fact]
    public void Source_WithFiveOpen_HasToWait()
    {
        LoginGate gate = Gate();
        List<LoginPass> passes = [.. Enumerable.Range(0, 5).Select(_ => Enter(gate, Somebody))];

        Assert.False(gate.TryEnter(Somebody, out _));
        Assert.False(gate.TryEnter(Somebody.MapToIPv6(), out _));
        Assert.True(gate.TryEnter(IPAddress.Parse("192.0.2.2"), out _));
        passes[3].Succeeded();
        Assert.True(gate.TryEnter(Somebody, out _));
    }

    [Fact]
    public void Source_InIpv6_IsANetworkOf64Bits()
    {
        LoginGate gate = Gate();
        for (int i = 0; i < 5; i++)
        {
            Enter(gate, IPAddress.Parse($"2001:db8:1:2:{i}::1"));
        }

        Assert.False(gate.TryEnter(IPAddress.Parse("2001:db8:1:2:ffff::9"), out _));
        Assert.True(gate.TryEnter(IPAddress.Parse("2001:db8:1:3::1"), out _));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.9.9.9")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData(null)]
    public void Loopback_HasNoLimitsOfItsOwn_ButCounts(string? address)
    {
        IPAddress? source = address is null ? null : IPAddress.Parse(address);
        LoginGate gate = Gate(new() { Random = new Always(0) });
        for (int i = 0; i < 20; i++)
        {
            Enter(gate, source).Failed();
        }

        for (int i = 0; i < 10; i++)
        {
            Enter(gate, source);
        }

        Assert.False(gate.TryEnter(source, out _));
        Assert.Equal(10, gate.Open);
        Assert.Equal(0, gate.SourceCount);
    }

    [Fact]
    public void Source_ThatFailedFiveTimes_WaitsAMinuteAndThenTwiceAsLong()
    {
        LoginGate gate = Gate();
        Fail(gate, 4);
        Assert.True(gate.TryEnter(Somebody, out LoginPass? fifth));
        fifth.Failed();

        foreach (int seconds in new[] { 60, 120, 240, 480, 600, 600 })
        {
            Assert.Equal((double)seconds, _log.WithId(LoginLog.SourcePenalized)[^1].Values["Seconds"]);
            _time.Advance(TimeSpan.FromSeconds(seconds - 1));
            Assert.False(gate.TryEnter(Somebody, out _));
            Assert.True(gate.TryEnter(IPAddress.Parse("192.0.2.2"), out LoginPass? other));
            other.Dispose();
            _time.Advance(TimeSpan.FromSeconds(1));
            Fail(gate, 1);
        }
    }

    [Fact]
    public void Failures_OfConnectionsThatWereOpenTogether_AreOnePenalty()
    {
        LoginGate gate = Gate();
        Fail(gate, 4);
        List<LoginPass> passes = [.. Enumerable.Range(0, 5).Select(_ => Enter(gate, Somebody))];

        passes.ForEach(pass => pass.Failed());

        Assert.Equal(60.0, Assert.Single(_log.WithId(LoginLog.SourcePenalized)).Values["Seconds"]);
    }

    [Fact]
    public void Failures_AreForgottenAfterTenQuietMinutes()
    {
        LoginGate gate = Gate();
        Fail(gate, 4);
        _time.Advance(TimeSpan.FromMinutes(10));
        Fail(gate, 4);
        Assert.True(gate.TryEnter(Somebody, out LoginPass? pass));
        pass.Succeeded(); // does not make up for the failures
        Fail(gate, 1);

        Assert.False(gate.TryEnter(Somebody, out _));
        _time.Advance(TimeSpan.FromMinutes(11)); // the penalty, and ten more
        Fail(gate, 4);
        Assert.True(gate.TryEnter(Somebody, out _));
    }

    [Fact]
    public void Sources_ThatNeverFailed_LeaveNothingBehind()
    {
        LoginGate gate = Gate();
        Enter(gate, Somebody).Succeeded();
        Enter(gate, Somebody).Dispose();

        Assert.Equal(0, gate.SourceCount);
    }

    [Fact]
    public void Sources_AreForgottenWhenTheyAreTooMany_TheOldestFirst()
    {
        LoginGate gate = Gate(new() { MaxSources = 100 });
        Fail(gate, 5);
        Assert.False(gate.TryEnter(Somebody, out _));
        LoginPass open = Enter(gate, IPAddress.Parse("198.51.100.1"));
        for (int i = 0; i < 100; i++)
        {
            Enter(gate, new IPAddress([10, 0, 0, (byte)i])).Failed();
        }

        Assert.Equal(101, gate.SourceCount); // 100, and what is open
        Assert.True(gate.TryEnter(Somebody, out _));
        open.Dispose();
        Assert.Equal(101, gate.SourceCount);
    }

    [Fact]
    public async Task Server_TellsThePassHowItEnded()
    {
        LoginGate gate = Gate();
        SkippingTimeProvider time = new();
        ServerAuthentication server = new(new()
        {
            Permissions = new LoginKeys.NamedPermissions("password"), Authenticator = new OneUser(), Time = time,
        });
        ReadOnlyMemory<byte>[] none = [Messages.ServiceRequest, Messages.Request("user", "none")];
        ReadOnlyMemory<byte>[] wrong = [Messages.ServiceRequest, Messages.Password("user", "wrong")];
        ReadOnlyMemory<byte>[] right = [.. wrong, Messages.Password("user", "pass")];
        for (int i = 0; i < 10; i++)
        {
            await Assert.ThrowsAsync<EndOfStreamException>(() => RunAsync(none).OrFail()); // did not try
            Assert.Equal("user", (await RunAsync(right).OrFail()).Name);
        }

        for (int i = 0; i < 5; i++)
        {
            await Assert.ThrowsAsync<EndOfStreamException>(() => RunAsync(wrong).OrFail());
        }

        Assert.False(gate.TryEnter(Somebody, out _));
        Assert.Equal(0, gate.Open);

        async Task<AuthenticatedUser> RunAsync(ReadOnlyMemory<byte>[] messages)
        {
            using LoginPass pass = Enter(gate, Somebody);
            return await server.RunAsync(new ScriptedPipe(messages), Somebody, default, pass);
        }
    }

    private static LoginPass Enter(LoginGate gate, IPAddress? source)
    {
        Assert.True(gate.TryEnter(source, out LoginPass? pass));
        return pass;
    }

    /// <summary>Tries to enter so many times from everywhere.</summary>
    private static List<LoginPass> Fill(LoginGate gate, int count)
    {
        List<LoginPass> passes = [];
        for (int i = 0; i < count; i++)
        {
            if (gate.TryEnter(new IPAddress([10, 1, 0, (byte)i]), out LoginPass? pass))
            {
                passes.Add(pass);
            }
        }

        return passes;
    }

    private static void Fail(LoginGate gate, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Enter(gate, Somebody).Failed();
        }
    }

    private LoginGate Gate(LoginGateSettings? settings = null) =>
        new((settings ?? new()) with { Time = _time, Logger = _log.CreateLogger("gate") });

    private sealed class Always(int value) : Random
    {
        public int Value { get; set; } = value;

        public override int Next(int maxValue) => Value;
    }
}
