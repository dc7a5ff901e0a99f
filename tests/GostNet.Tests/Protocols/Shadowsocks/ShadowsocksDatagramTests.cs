using System.Net;
using GostNet.Protocols.Shadowsocks;
using GostNet.Testing;
using GostNet.Tests.Protocols.Socks;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols.Shadowsocks;

public sealed class ShadowsocksDatagramTests
{
    private const string Aead = "aes-256-gcm";
    private const string Weak = "chacha20";
    private readonly byte[] _buffer = new byte[65_535];

    public static TheoryData<string> Methods => [.. ShadowsocksMethods.All.Select(method => method.Name)];

    /// <summary>Our client against our server.</summary>
    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Client_WithEachMethod_IsAnswered(string method)
    {
        await using ShadowsocksDatagramScene scene = await ShadowsocksDatagramScene.StartAsync(method);
        await using IDatagramListener target = await scene.Network.ListenDatagramsAsync(new("dns.example", 53));
        await using IDatagramSocket client = await ConnectAsync(scene, new("dns.example", 53));
        for (int i = 0; i < 3; i++)
        {
            await client.SendTextAsync($"question {i}");
            Received question = await target.ReceiveTextAsync();
            Assert.Equal($"question {i}", question.Text);
            await target.AnswerAsync(question, $"answer {i}");
            Assert.Equal($"answer {i}", await client.ReceiveTextAsync());
        }

        Assert.Equal(1, scene.Opened);
    }

    /// <remarks>GOST 2.8.1 has no words for IPv6 sources.</remarks>
    [Theory]
    [InlineData("192.0.2.7", "01 c0000207 0035")]
    [InlineData("2001:db8::7", "04 20010db8000000000000000000000007 0035")]
    public async Task Answer_FromEachKindOfSource_TellsIt(string host, string header)
    {
        foreach (string method in (string[])[Aead, Weak])
        {
            await using ShadowsocksDatagramScene scene = await ShadowsocksDatagramScene.StartAsync(method);
            await using IDatagramListener target = await scene.Network.ListenDatagramsAsync(new(host, 53));
            (IDatagramListener port, SocketAddress server) = await scene.OpenClientAsync();
            await port.SendToAsync(ShadowsocksWire.Datagram(scene.Key, 1, [.. ScriptedPeer.Hex(header), .. "hi"u8]), server);
            await target.AnswerAsync(await target.ReceiveTextAsync(), "answer");

            int size = await port.ReceiveFromAsync(_buffer, port.CreateAddress()).OrFail();

            Assert.NotEqual(ShadowsocksWire.Salt(scene.Key, 1), _buffer[..scene.Key.Method.SaltSize]);
            Assert.True(ShadowsocksDatagramCodec.TryOpen(scene.Key, _buffer.AsSpan(0, size), out _, out int length));
            Assert.Equal([.. ScriptedPeer.Hex(header), .. "answer"u8], _buffer.AsSpan(scene.Key.Method.SaltSize, length));
        }
    }

    [Fact]
    public async Task Datagrams_OfOneClientToManyTargets_GoFromOnePort()
    {
        await using ShadowsocksDatagramScene scene = await ShadowsocksDatagramScene.StartAsync(Aead);
        await using IDatagramListener first = await scene.Network.ListenDatagramsAsync(new("192.0.2.7", 53));
        await using IDatagramListener second = await scene.Network.ListenDatagramsAsync(new("192.0.2.8", 53));
        (IDatagramListener port, SocketAddress server) = await scene.OpenClientAsync();
        await port.SendToAsync(ShadowsocksWire.Datagram(scene.Key, 1, [.. ScriptedPeer.Hex("01 c0000207 0035"), 65]), server);
        await port.SendToAsync(ShadowsocksWire.Datagram(scene.Key, 2, [.. ScriptedPeer.Hex("01 c0000208 0035"), 66]), server);
        Received one = await first.ReceiveTextAsync();
        Received other = await second.ReceiveTextAsync();
        Assert.Equal(("A", "B"), (one.Text, other.Text));
        Assert.Equal(first.GetEndPoint(one.Source), second.GetEndPoint(other.Source));
        Assert.Equal(1, scene.Opened);
    }

    public static TheoryData<string, string> BadDatagrams
    {
        get
        {
            TheoryData<string, string> rows = [];
            foreach (string method in (string[])[Aead, Weak, "aes-128-ctr", "chacha20-ietf-poly1305"])
            {
                foreach (string what in (string[])["nothing", "9 bytes", "salt only", "short address", "type 0", "type 17", "port 0", "empty name"])
                {
                    rows.Add(method, what);
                }
            }

            foreach (string what in (string[])["no tag", "changed", "other password"])
            {
                rows.Add(Aead, what);
            }

            return rows;
        }
    }

    /// <remarks>Some of these end the process of GOST 2.8.1.</remarks>
    [Theory]
    [MemberData(nameof(BadDatagrams))]
    public async Task Datagram_Bad_IsDroppedAndNothingComesOfIt(string method, string what)
    {
        await using ShadowsocksDatagramScene scene = await ShadowsocksDatagramScene.StartAsync(method);
        ShadowsocksKey key = scene.Key;
        byte[] good = [.. ScriptedPeer.Hex("01 c0000207 0035"), .. "hi"u8];
        byte[] datagram = what switch
        {
            "nothing" => [],
            "9 bytes" => [0x10, 1, 2, 3, 4, 5, 6, 7, 8],
            "salt only" => ShadowsocksWire.Salt(key, 1),
            "short address" => ShadowsocksWire.Datagram(key, 1, good[..6]),
            "type 0" => ShadowsocksWire.Datagram(key, 1, [0, .. good[1..]]),
            "type 17" => ShadowsocksWire.Datagram(key, 1, [0x11, .. good[1..]]),
            "port 0" => ShadowsocksWire.Datagram(key, 1, ScriptedPeer.Hex("01 c0000207 0000 61")),
            "empty name" => ShadowsocksWire.Datagram(key, 1, ScriptedPeer.Hex("03 00 0035 61")),
            "no tag" => ShadowsocksWire.Datagram(key, 1, good)[..^16],
            "changed" => [.. ShadowsocksWire.Datagram(key, 1, good)[..^1], 0],
            "other password" => ShadowsocksWire.Datagram(ShadowsocksKey.Create(method, "other"), 1, good),
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        };
        await using IDatagramListener target = await scene.Network.ListenDatagramsAsync(new("192.0.2.7", 53));
        (IDatagramListener port, SocketAddress server) = await scene.OpenClientAsync();

        await port.SendToAsync(datagram, server);

        Assert.Equal(datagram.Length, (await scene.DropAsync()).Size);
        Assert.Equal(0, scene.Opened);
        await port.SendToAsync(ShadowsocksWire.Datagram(key, 200, good), server);
        Assert.Equal("hi", (await target.ReceiveTextAsync()).Text);
    }

    [Theory]
    [InlineData(Aead)]
    [InlineData(Weak)]
    public async Task Datagram_Repeated_IsDroppedByEitherWay(string method)
    {
        await using ShadowsocksDatagramScene scene = await ShadowsocksDatagramScene.StartAsync(method);
        await using IDatagramListener target = await scene.Network.ListenDatagramsAsync(new("192.0.2.7", 53));
        (IDatagramListener port, SocketAddress server) = await scene.OpenClientAsync();
        byte[] datagram = ShadowsocksWire.Datagram(scene.Key, 1, [.. ScriptedPeer.Hex("01 c0000207 0035"), 65]);
        await port.SendToAsync(datagram, server);
        Assert.Equal("A", (await target.ReceiveTextAsync()).Text);

        await port.SendToAsync(datagram, server);
        Assert.Contains("used before", (await scene.DropAsync()).Reason, StringComparison.Ordinal);

        // The same key serves connections, and its salts are not good there either; nor the other way round.
        RecordingLoggerFactory log = new();
        ManualTimeProvider time = new();
        ShadowsocksServer server2 = new(scene.Key, scene.Filter, TimeSpan.FromSeconds(10), log.CreateLogger("test"));
        foreach (byte seed in (byte[])[1, 2])
        {
            await using IListener listener = await scene.Network.ListenAsync(new("192.0.2.1", 80));
            await using ServedClient client = new(server2, new InMemoryProxyHost(scene.Network) { Time = time });
            await client.SendAsync(ShadowsocksWire.First(scene.Key, seed, ShadowsocksWire.Address));
            if (seed == 1)
            {
                Assert.Contains("used before", (await log.WaitForAsync(GostNet.Diagnostics.LogEventIds.ClientRejected).OrFail()).Message, StringComparison.Ordinal);
            }
            else
            {
                await using IConnection? reached = await listener.AcceptAsync().OrFail();
            }
        }

        await port.SendToAsync(ShadowsocksWire.Datagram(scene.Key, 2, [.. ScriptedPeer.Hex("01 c0000207 0035"), 65]), server);
        Assert.Contains("used before", (await scene.DropAsync()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Target_ForbiddenOrUnknown_CostsTheDatagramAlone()
    {
        await using ShadowsocksDatagramScene scene =
            await ShadowsocksDatagramScene.StartAsync(Aead, isForbidden: target => target.Host == "192.0.2.66");
        await using IDatagramListener target = await scene.Network.ListenDatagramsAsync(new("192.0.2.7", 53));
        (IDatagramListener port, SocketAddress server) = await scene.OpenClientAsync();
        await port.SendToAsync(ShadowsocksWire.Datagram(scene.Key, 1, ScriptedPeer.Hex("01 c0000242 0035 61")), server);
        Assert.Contains("forbidden", (await scene.Host.DropAsync()).Reason, StringComparison.Ordinal);
        await port.SendToAsync(ShadowsocksWire.Datagram(scene.Key, 2, ScriptedPeer.Hex("03 0f 6e6f776865726521 2e6578616d706c 0035 61")), server);
        Assert.Equal(1, (await scene.Host.DropAsync()).Size);
        await port.SendToAsync(ShadowsocksWire.Datagram(scene.Key, 3, ScriptedPeer.Hex("01 c0000207 0035 61")), server);
        Assert.Equal("a", (await target.ReceiveTextAsync()).Text);
        Assert.Equal(1, scene.Opened);
    }

    [Fact]
    public async Task Flow_Idle_EndsAfterItsTimeAndTheNextOneIsNew()
    {
        await using ShadowsocksDatagramScene scene = await ShadowsocksDatagramScene.StartAsync(Aead);
        await using IDatagramListener target = await scene.Network.ListenDatagramsAsync(new("192.0.2.7", 53));
        (IDatagramListener port, SocketAddress server) = await scene.OpenClientAsync();
        for (byte i = 1; i <= 2; i++)
        {
            await port.SendToAsync(ShadowsocksWire.Datagram(scene.Key, i, ScriptedPeer.Hex("01 c0000207 0035 61")), server);
            await target.ReceiveTextAsync();
            Assert.Equal(i, scene.Opened);
            scene.Time.Advance(TimeSpan.FromSeconds(60));
            Assert.Equal(ConnectionEnd.IdleTimeout, await scene.ClosedAsync());
        }
    }

    [Fact]
    public async Task Flows_TooMany_EndTheIdlest()
    {
        await using ShadowsocksDatagramScene scene = await ShadowsocksDatagramScene.StartAsync(Aead, maxFlows: 2);
        await using IDatagramListener target = await scene.Network.ListenDatagramsAsync(new("192.0.2.7", 53));
        for (byte i = 1; i <= 3; i++)
        {
            (IDatagramListener port, SocketAddress server) = await scene.OpenClientAsync($"192.0.2.{50 + i}");
            await port.SendToAsync(ShadowsocksWire.Datagram(scene.Key, i, ScriptedPeer.Hex("01 c0000207 0035 61")), server);
            await target.ReceiveTextAsync();
            scene.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(ConnectionEnd.Evicted, await scene.ClosedAsync());
        Assert.Equal(3, scene.Opened);
    }

    [Fact]
    public async Task Client_HearsFromItsTargetAlone()
    {
        InMemoryNetwork network = new();
        ShadowsocksKey key = ShadowsocksWire.Key(Aead);
        await using IDatagramListener server = await network.ListenDatagramsAsync(ShadowsocksDatagramScene.Server);
        ShadowsocksConnector connector = Connector(network, key);
        await using IDatagramSocket client = await connector.ConnectDatagramsAsync(NoNode, new("192.0.2.7", 53));
        await client.SendTextAsync("question");
        SocketAddress source = server.CreateAddress();
        int size = await server.ReceiveFromAsync(_buffer, source).OrFail();
        Assert.True(ShadowsocksDatagramCodec.TryOpen(key, _buffer.AsSpan(0, size), out _, out int length));
        Assert.Equal([.. ScriptedPeer.Hex("01 c0000207 0035"), .. "question"u8], _buffer.AsSpan(32, length));

        byte[][] strangers =
        [
            [],
            new byte[100],
            ShadowsocksWire.Datagram(key, 1, [.. ScriptedPeer.Hex("01 c0000208 0035"), .. "other host"u8]),
            ShadowsocksWire.Datagram(key, 1, [.. ScriptedPeer.Hex("01 c0000207 0036"), .. "other port"u8]),
            ShadowsocksWire.Datagram(ShadowsocksKey.Create(Aead, "other"), 1, [.. ScriptedPeer.Hex("01 c0000207 0035"), .. "other key"u8]),
            ShadowsocksWire.Datagram(key, 1, ScriptedPeer.Hex("05 c0000207 0035")),
        ];
        foreach (byte[] datagram in strangers)
        {
            await server.SendToAsync(datagram, source);
        }

        await server.SendToAsync(ShadowsocksWire.Datagram(key, 1, [.. ScriptedPeer.Hex("01 c0000207 0035"), .. "answer"u8]), source);
        Assert.Equal("answer", await client.ReceiveTextAsync());
        await client.DisposeAsync();
        await client.DisposeAsync();
        Assert.Equal(-1, await client.ReceiveAsync(_buffer).OrFail());
    }

    [Fact]
    public async Task Connect_WhereDatagramsHaveNoWay_SaysSo()
    {
        ShadowsocksConnector connector = new(new Node(new("ss1", 8338)), ShadowsocksWire.Key(Aead));
        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(
            () => connector.ConnectDatagramsAsync(NoNode, new("192.0.2.7", 53)).OrFail());
        Assert.Equal((ForwardError.CommandNotSupported, "ss1:8338"), (failure.Error, failure.Node));
        failure = await Assert.ThrowsAsync<ForwardException>(async () => await connector.ListenDatagramsAsync(NoNode, new("", 53)));
        Assert.Equal(ForwardError.CommandNotSupported, failure.Error);
    }

    /// <summary>GOST 2.12's form: frames of the UDP tunnel, and no address before them.</summary>
    [Theory]
    [InlineData(Aead)]
    [InlineData(Weak)]
    public async Task Connect_OverAStream_CarriesTheFramesOfTheTunnel(string method)
    {
        ShadowsocksKey key = ShadowsocksWire.Key(method);
        ShadowsocksConnector connector = new(new Node(new("ss1", 8338)), key, new() { DatagramsOverStream = true });
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        await using ShadowsocksConnection server = ShadowsocksConnection.Accept(far, key, TimeProvider.System);
        await using IDatagramSocket client = await connector.ConnectDatagramsAsync(_ => new(near), new("192.0.2.7", 53));

        await client.SendTextAsync("hi");
        Assert.Equal(ScriptedPeer.Hex("0002 00 01 c0000207 0035 6869"), await server.ReadAsync(12).OrFail());
        await server.Stream.WriteAsync(ScriptedPeer.Hex("0003 00 01 c0000208 0035 6e6f21 0003 ff 01 c0000207 0035 796573"));
        Assert.Equal("yes", await client.ReceiveTextAsync());
    }

    private static ValueTask<IConnection> NoNode(CancellationToken cancellationToken) =>
        throw new InvalidOperationException("Datagrams need no connection to the node.");

    private static ShadowsocksConnector Connector(InMemoryNetwork network, ShadowsocksKey key) =>
        new(new Node(ShadowsocksDatagramScene.Server), key, new() { DatagramDialer = network.DatagramDialer });

    private static async Task<IDatagramSocket> ConnectAsync(ShadowsocksDatagramScene scene, HostEndPoint target) =>
        await Connector(scene.Network, scene.Key).ConnectDatagramsAsync(NoNode, target).OrFail();
}
