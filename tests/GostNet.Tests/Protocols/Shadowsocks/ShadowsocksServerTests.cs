using System.Net;
using System.Security.Cryptography;
using GostNet.Diagnostics;
using GostNet.Protocols.Shadowsocks;
using GostNet.Testing;
using GostNet.Tests.Protocols.Socks;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols.Shadowsocks;

public sealed class ShadowsocksServerTests
{
    private const string Aead = "chacha20-ietf-poly1305";
    private const string Weak = "chacha20";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly InMemoryNetwork _network = new();
    private readonly ManualTimeProvider _time = new();
    private readonly RecordingLoggerFactory _log = new();
    private readonly ShadowsocksReplayFilter _filter = new();
    private readonly InMemoryProxyHost _host;

    public ShadowsocksServerTests() => _host = new(_network) { Time = _time };

    public static TheoryData<string> Methods => [.. ShadowsocksMethods.All.Select(method => method.Name)];

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Connect_WithEachMethod_RelaysBothWaysToTheEnd(string method)
    {
        ShadowsocksKey key = ShadowsocksWire.Key(method);
        await using IListener listener = await _network.ListenAsync(new("192.0.2.1", 80));
        await using ServedClient served = new(Server(key), _host);
        await using IConnection client = await Connector(key).ConnectAsync(served.Connection, new("192.0.2.1", 80));

        await client.Stream.WriteAsync("hello"u8.ToArray());

        await using IConnection? target = await listener.AcceptAsync().OrFail();
        Assert.Equal("hello"u8.ToArray(), await target!.ReadAsync(5).OrFail());
        await client.CompleteWritesAsync();
        Assert.Empty(await target!.ReadToEndAsync().OrFail()); // one direction has ended, the other goes on
        await target!.SendAndEndAsync("answer"u8.ToArray());
        Assert.Equal("answer"u8.ToArray(), await client.ReadToEndAsync().OrFail());
        await served.Serving.OrFail();
    }

    [Theory]
    [InlineData("01 c0000201 0050", "192.0.2.1")]
    [InlineData("03 0a 64622e6578616d706c65 0050", "db.example")]
    [InlineData("03 09 3139322e302e322e31 0050", "192.0.2.1")] // as GOST 2.8.1 writes it
    [InlineData("04 20010db8000000000000000000000001 0050", "2001:db8::1")]
    public async Task Connect_ToEachKindOfAddress_ReachesIt(string address, string host)
    {
        foreach (string method in (string[])[Aead, Weak])
        {
            ShadowsocksKey key = ShadowsocksWire.Key(method);
            await using IListener listener = await _network.ListenAsync(new(host, 80));
            await using ServedClient client = new(Server(key), _host);
            await client.SendAsync(ShadowsocksWire.First(key, 1, [.. ScriptedPeer.Hex(address), .. "hello"u8]));
            await using IConnection? target = await listener.AcceptAsync().OrFail();
            Assert.Equal("hello"u8.ToArray(), await target!.ReadAsync(5).OrFail());
        }
    }

    /// <remarks>GOST 2.8.1 answers with the IV of the client.</remarks>
    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Answers_OfTwoConnections_HaveSaltsOfTheirOwn(string method)
    {
        ShadowsocksKey key = ShadowsocksWire.Key(method);
        int size = key.Method.SaltSize;
        await using IListener listener = await _network.ListenAsync(new("192.0.2.1", 80));
        HashSet<string> salts = [];
        foreach (byte seed in (byte[])[1, 101])
        {
            await using ServedClient client = new(Server(key), _host);
            await client.SendAsync(ShadowsocksWire.First(key, seed, ShadowsocksWire.Address));
            await using IConnection? target = await listener.AcceptAsync().OrFail();
            await target!.Stream.WriteAsync(new byte[32]);
            salts.Add(Convert.ToHexString(ShadowsocksWire.Salt(key, seed)));
            salts.Add(Convert.ToHexString(await client.ReceiveAsync(size)));
        }

        Assert.Equal(4, salts.Count);
    }

    public static TheoryData<string, string> HostileInputs
    {
        get
        {
            TheoryData<string, string> rows = [];
            foreach (string what in (string[])["random", "type 2", "type 17", "type 243", "empty name", "port 0", "no name"])
            {
                rows.Add(Aead, what);
                rows.Add("aes-256-gcm", what);
                rows.Add(Weak, what);
                rows.Add("aes-128-cfb", what);
            }

            foreach (string what in (string[])["length 0", "length 16384", "length 49159", "header changed", "payload changed", "other password"])
            {
                rows.Add(Aead, what);
                rows.Add("aes-128-gcm", what);
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(HostileInputs))]
    public async Task Input_ThatIsNotServed_IsReadInSilenceUntilTheTimeIsOver(string method, string what)
    {
        ShadowsocksKey key = ShadowsocksWire.Key(method);
        byte[] input = what switch
        {
            // A stream cipher cannot tell; these first bytes are of an unknown type with this key.
            "random" when key.Method.IsWeak => ShadowsocksWire.First(key, 1, 0x7F, 1, 2, 3),
            "random" => [.. Enumerable.Repeat((byte)0x5A, 200)],
            "type 2" => ShadowsocksWire.First(key, 1, ScriptedPeer.Hex("02 c0000201 0050")),
            "type 17" => ShadowsocksWire.First(key, 1, ScriptedPeer.Hex("11 c0000201 0050")),
            "type 243" => ShadowsocksWire.First(key, 1, ScriptedPeer.Hex("f3 01 61 0050")),
            "empty name" => ShadowsocksWire.First(key, 1, ScriptedPeer.Hex("03 00 0050")),
            "port 0" => ShadowsocksWire.First(key, 1, ScriptedPeer.Hex("01 c0000201 0000")),
            "no name" => ShadowsocksWire.First(key, 1, ScriptedPeer.Hex("03 03 610a62 0050")),
            "length 0" => ShadowsocksWire.ChunkOfLength(key, 1, 0, []),
            "length 16384" => ShadowsocksWire.ChunkOfLength(key, 1, 0x4000, ShadowsocksWire.Address),
            "length 49159" => ShadowsocksWire.ChunkOfLength(key, 1, 0xC007, ShadowsocksWire.Address), // 7, with the upper bits set
            "header changed" => Change(key.Method.SaltSize + 1),
            "payload changed" => Change(key.Method.SaltSize + ShadowsocksChunks.HeaderSize),
            "other password" => ShadowsocksWire.First(ShadowsocksKey.Create(method, "other"), 1, ShadowsocksWire.Address),
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        };
        await using ServedClient client = new(Server(key), _host);
        await client.SendAsync(input);
        await ExpectSilenceAsync(client);
        Assert.Empty(_network.Dials);

        byte[] Change(int at)
        {
            byte[] first = ShadowsocksWire.First(key, 1, ShadowsocksWire.Address);
            first[at] ^= 1;
            return first;
        }
    }

    [Theory]
    [InlineData(ForwardError.Forbidden)]
    [InlineData(ForwardError.NameNotResolved)]
    public async Task Target_ThatThereIsNotOrMustNotBe_IsNotToldFromBadInput(ForwardError error)
    {
        ShadowsocksKey key = ShadowsocksWire.Key(Aead);
        _network.Fail(new("192.0.2.1", 80), error);
        await using ServedClient client = new(
            Server(key), new InMemoryProxyHost(_network) { Time = _time, IsForbidden = _ => error == ForwardError.Forbidden });
        await client.SendAsync(ShadowsocksWire.First(key, 1, ShadowsocksWire.Address));
        await ExpectSilenceAsync(client, error);
    }

    [Fact]
    public async Task Target_ThatRefuses_EndsTheConnectionAtOnce()
    {
        ShadowsocksKey key = ShadowsocksWire.Key(Aead);
        await using ServedClient client = new(Server(key), _host);
        await client.SendAsync(ShadowsocksWire.First(key, 1, ShadowsocksWire.Address));
        await client.ExpectCloseAsync(ForwardError.ConnectionRefused);
        Assert.True(client.Far.WritesCompleted);
    }

    [Theory]
    [InlineData(Aead, 0)]
    [InlineData(Aead, 31)]
    [InlineData(Aead, 49)]
    [InlineData(Aead, 72)]
    [InlineData(Weak, 7)]
    [InlineData(Weak, 14)]
    public async Task Address_NotThereInTime_EndsInOrder(string method, int count)
    {
        ShadowsocksKey key = ShadowsocksWire.Key(method);
        await using ServedClient client = new(Server(key), _host);
        await client.SendAsync(ShadowsocksWire.First(key, 1, ShadowsocksWire.Address)[..count]);
        await _time.WaitForTimersAsync(1).OrFail();

        _time.Advance(Limit);

        await client.ExpectCloseAsync(ForwardError.TimedOut);
        Assert.True(client.Far.WritesCompleted);
        Assert.Equal(0, _time.ArmedTimers);
    }

    [Theory]
    [InlineData(Aead, 0)]
    [InlineData(Aead, 31)]
    [InlineData(Aead, 32)]
    [InlineData(Aead, 49)]
    [InlineData(Aead, 50)]
    [InlineData(Aead, 72)]
    [InlineData(Weak, 7)]
    [InlineData(Weak, 8)]
    [InlineData(Weak, 14)]
    public async Task Stream_EndsBeforeTheAddressDoes_Closes(string method, int count)
    {
        ShadowsocksKey key = ShadowsocksWire.Key(method);
        await using ServedClient client = new(Server(key), _host);
        await client.SendAsync(ShadowsocksWire.First(key, 1, ShadowsocksWire.Address)[..count]);
        await client.Connection.CompleteWritesAsync();
        await client.ExpectCloseAsync(ForwardError.ConnectionClosed);
        Assert.Equal(0, _time.ArmedTimers);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(18)]
    [InlineData(30)]
    public async Task Stream_EndsWithinAChunk_AbortsTheTarget(int count)
    {
        ShadowsocksKey key = ShadowsocksWire.Key(Aead);
        await using IListener listener = await _network.ListenAsync(new("192.0.2.1", 80));
        await using ServedClient served = new(Server(key), _host);
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        await using IConnection client = await Connector(key).ConnectAsync(near, new("192.0.2.1", 80));
        await client.Stream.WriteAsync("hello"u8.ToArray());
        await client.Stream.WriteAsync("cut off"u8.ToArray());
        await client.CompleteWritesAsync();
        byte[] wire = await far.ReadToEndAsync().OrFail();
        int first = 32 + ShadowsocksChunks.Overhead + 7 + 5;

        await served.SendAsync(wire[..(first + count)]);
        await using IConnection? target = await listener.AcceptAsync().OrFail();
        Assert.Equal("hello"u8.ToArray(), await target!.ReadAsync(5).OrFail());
        await served.Connection.CompleteWritesAsync();

        await Assert.ThrowsAsync<IOException>(() => target!.ReadToEndAsync().OrFail());
    }

    [Theory]
    [InlineData(Aead)]
    [InlineData("aes-128-gcm")]
    [InlineData(Weak)]
    [InlineData("aes-256-cfb")]
    public async Task Repeat_OfWhatWasServed_IsReadInSilence(string method)
    {
        ShadowsocksKey key = ShadowsocksWire.Key(method);
        ShadowsocksServer server = Server(key);
        byte[] first = ShadowsocksWire.First(key, 1, ShadowsocksWire.Address);
        await using IListener listener = await _network.ListenAsync(new("192.0.2.1", 80));
        await using (ServedClient client = new(server, _host))
        {
            await client.SendAsync(first);
            await using IConnection? target = await listener.AcceptAsync().OrFail();
        }

        await using ServedClient again = new(server, _host);
        await again.SendAsync(first);
        await ExpectSilenceAsync(again, ForwardError.AuthenticationFailed);
        Assert.Single(_network.Dials);
    }

    [Fact]
    public async Task Repeat_WithAnIvTooShortToBeTold_IsServed()
    {
        ShadowsocksKey key = ShadowsocksWire.Key("rc4-md5-6");
        ShadowsocksServer server = Server(key);
        await using IListener listener = await _network.ListenAsync(new("192.0.2.1", 80));
        for (int i = 0; i < 2; i++)
        {
            await using ServedClient client = new(server, _host);
            await client.SendAsync(ShadowsocksWire.First(key, 1, ShadowsocksWire.Address));
            await using IConnection? target = await listener.AcceptAsync().OrFail();
        }
    }

    /// <summary>What is not of somebody who knows the key does not have a salt remembered, or it could have others forgotten.</summary>
    [Fact]
    public async Task Salt_OfWhatWasNotServed_IsNotRemembered()
    {
        ShadowsocksKey key = ShadowsocksWire.Key(Aead);
        ShadowsocksServer server = Server(key);
        byte[] first = ShadowsocksWire.First(key, 1, ShadowsocksWire.Address);
        byte[] bad = [.. first];
        bad[40] ^= 1;
        await using (ServedClient prober = new(server, _host))
        {
            await prober.SendAsync(bad);
            await ExpectSilenceAsync(prober);
        }

        await using IListener listener = await _network.ListenAsync(new("192.0.2.1", 80));
        await using ServedClient client = new(server, _host);
        await client.SendAsync(first);
        await using IConnection? target = await listener.AcceptAsync().OrFail();
    }

    [Fact]
    public async Task Client_ThatIsIgnored_MaySendWhatItLikesAndIsLoggedOnce()
    {
        ShadowsocksKey key = ShadowsocksWire.Key(Aead);
        ShadowsocksServer server = Server(key);
        for (int i = 0; i < 3; i++)
        {
            await using ServedClient client = new(server, _host);
            await client.SendAsync(RandomNumberGenerator.GetBytes(1 << 20)); // more than fits unread
            await client.Connection.CompleteWritesAsync();
            await client.ExpectCloseAsync(ForwardError.AuthenticationFailed); // it has ended its direction
        }

        Assert.Single(_log.WithId(LogEventIds.ClientRejected));
        await using ServedClient other = new(server, _host, from: new(IPAddress.Parse("192.0.2.77"), 1));
        await other.SendAsync(new byte[100]);
        await _log.WaitForAsync(LogEventIds.ClientRejected, 2).OrFail();
        Assert.True(server.LogsRejections);
    }

    [Fact]
    public async Task Serve_Cancelled_EndsASilentClient()
    {
        ShadowsocksKey key = ShadowsocksWire.Key(Aead);
        using CancellationTokenSource stop = new();
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        Task serving = Server(key).ServeAsync(far, _host, stop.Token);
        await near.Stream.WriteAsync(new byte[100]);
        await _log.WaitForAsync(LogEventIds.ClientRejected).OrFail();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => serving.OrFail());
        Assert.Equal(0, _time.ArmedTimers);
    }

    /// <summary>Reads on without an answer, and ends in order when the time of a client that says nothing would be over too.</summary>
    private async Task ExpectSilenceAsync(ServedClient client, ForwardError? error = null)
    {
        int known = _log.WithId(LogEventIds.ClientRejected).Count;
        await _log.WaitForAsync(LogEventIds.ClientRejected, Math.Max(1, known)).OrFail();
        await client.SendAsync(new byte[200_000]);
        _time.Advance(Limit - TimeSpan.FromMilliseconds(1));
        await client.SendAsync(new byte[200_000]);
        Assert.False(client.Far.WritesCompleted);
        Assert.False(client.Serving.IsCompleted);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        await client.ExpectEndAsync();
        ForwardException reason = await Assert.ThrowsAsync<ForwardException>(() => client.Serving.OrFail());
        Assert.True(error is null ? reason.Error is not (ForwardError.TimedOut or ForwardError.ConnectionClosed) : reason.Error == error);
        Assert.True(client.Far.WritesCompleted);
        Assert.Equal(0, _time.ArmedTimers);
        Assert.Single(_log.WithId(LogEventIds.ClientRejected));
    }

    private static ShadowsocksConnector Connector(ShadowsocksKey key) => new(new Node(new("ss1", 8338)), key);

    private ShadowsocksServer Server(ShadowsocksKey key) => new(key, _filter, Limit, _log.CreateLogger(LogCategories.Forward));
}
