using System.Net;
using GostNet.Protocols.Socks;
using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Tests.Transports;

namespace GostNet.Tests.Protocols.Socks;

/// <summary>What comes before the command, and CONNECT.</summary>
public sealed class Socks5ServerTests
{
    private const string Granted = "05 00 00 01 00000000 0000";
    private const string ConnectToTarget = "05 01 00 01 c0000201 0050";

    private static readonly HostEndPoint Target = new("192.0.2.1", 80);

    private readonly InMemoryNetwork _network = new();
    private readonly ManualTimeProvider _time = new();
    private readonly Socks5Server _server = new(_ => new FakeMultiplexSession());
    private readonly Socks5Server _tlsServer = new(_ => new FakeMultiplexSession(), TestTls.ServeAsync);

    [Theory]
    [InlineData("05 01 00", false, false, 0x00)]
    [InlineData("05 02 00 02", false, false, 0x00)]
    [InlineData("05 02 00 02", true, false, 0x02)]
    [InlineData("05 01 02", true, false, 0x02)]
    [InlineData("05 03 00 02 80", false, false, 0x00)] // no TLS here
    [InlineData("05 03 00 02 80", true, false, 0x02)]
    [InlineData("05 03 00 02 80", false, true, 0x80)]
    [InlineData("05 03 00 02 80", true, true, 0x82)] // GOST understands it, though it does not offer it
    [InlineData("05 01 82", true, true, 0x82)]
    [InlineData("05 02 80 82", true, true, 0x82)]
    [InlineData("05 02 00 82", false, true, 0x00)]
    [InlineData("05 01 02", false, false, 0xff)]
    [InlineData("05 01 00", true, true, 0xff)]
    [InlineData("05 01 01", false, false, 0xff)]
    [InlineData("05 01 82", false, true, 0xff)]
    [InlineData("05 01 80", false, false, 0xff)]
    [InlineData("05 01 88", false, true, 0xff)]
    [InlineData("05 01 ff", false, true, 0xff)]
    public async Task Greeting_OfEachKind_IsAnsweredWithAMethodThatWasOffered(string greeting, bool login, bool tls, byte method)
    {
        InMemoryProxyHost host = new(_network) { Authenticator = login ? new OneUser() : null };
        await using ServedClient client = new(tls ? _tlsServer : _server, host);

        await client.SendAsync(greeting);

        Assert.Equal([5, method], await client.ReceiveAsync(2));
        if (method == 0xff)
        {
            await client.ExpectRefusalAsync(ForwardError.AuthenticationRequired);
        }
    }

    [Fact]
    public async Task Greeting_Of255Methods_IsRead()
    {
        await using ServedClient client = new(_server, Host());
        byte[] greeting = [5, 255, .. Enumerable.Range(1, 254).Select(i => (byte)i), 0];

        await client.SendAsync(greeting);

        await client.ExpectAsync("05 00");
    }

    [Theory]
    [InlineData("06 01 00")]
    [InlineData("04 01 00")]
    [InlineData("47 45 54 20 2f")]
    [InlineData("05 00")]
    public async Task Greeting_Malformed_ClosesWithoutAByte(string bytes)
    {
        await using ServedClient client = new(_server, Host());

        await client.SendAsync(bytes);

        await client.ExpectCloseAsync(ForwardError.ProtocolError);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("05", "")]
    [InlineData("05 03 00 02", "")]
    [InlineData("05 01 02 01", "05 02")]
    [InlineData("05 01 02 01 04 75736572 04 7061", "05 02")]
    [InlineData("05 01 02 01 04 75736572 04 70617373 05 01 00", "05 02 01 00")]
    [InlineData("05 01 02 01 04 75736572 04 70617373 05 01 00 03 ff 61", "05 02 01 00")]
    public async Task Handshake_EndsEarly_Closes(string bytes, string answers)
    {
        await using ServedClient client = new(_server, new InMemoryProxyHost(_network) { Authenticator = new OneUser() });

        await client.SendAsync(bytes);
        await client.ExpectAsync(answers);
        await client.Connection.CompleteWritesAsync();

        await client.ExpectCloseAsync(ForwardError.ConnectionClosed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("05 02 00")]
    [InlineData("05 01 02")]
    [InlineData("05 01 02 01 04 75736572")]
    [InlineData("05 01 02 01 04 75736572 04 70617373")]
    [InlineData("05 01 02 01 04 75736572 04 70617373 05 01 00 01 7f")]
    public async Task Handshake_TakesTenSecondsInAll_Closes(string bytes)
    {
        await using ServedClient client = new(_server, Host(new OneUser()));
        await client.SendAsync(bytes);
        await _time.WaitForTimersAsync(1).OrFail();

        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(client.Serving.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(ForwardError.TimedOut, (await Assert.ThrowsAsync<ForwardException>(() => client.Serving.OrFail())).Error);
    }

    [Fact]
    public async Task Handshake_InOneSegmentWithPayload_LosesNothing()
    {
        await using IListener listener = await _network.ListenAsync(Target);
        await using ServedClient client = new(_server, Host(new OneUser()));

        await client.SendAsync("05 02 00 02 01 04 75736572 04 70617373" + ConnectToTarget + "68656c6c6f");

        await client.ExpectAsync("05 02 01 00" + Granted);
        await using IConnection? target = await listener.AcceptAsync().OrFail();
        Assert.Equal("hello"u8.ToArray(), await target!.ReadAsync(5).OrFail());
    }

    [Fact]
    public async Task Handshake_ByteByByte_IsRead()
    {
        await using IListener listener = await _network.ListenAsync(new("db.example", 5432));
        await using ServedClient client = new(_server, Host());

        foreach (byte b in ScriptedPeer.Hex("05 02 00 02 05 01 00 03 0a 64622e6578616d706c65 1538"))
        {
            await client.SendAsync([b]);
        }

        await client.ExpectAsync("05 00" + Granted);
    }

    [Theory]
    [InlineData("02 04 75736572 04 70617373")]
    [InlineData("05 04 75736572 04 70617373")]
    public async Task Login_OfAnotherVersion_ClosesWithoutAnAnswer(string login)
    {
        await using ServedClient client = new(_server, Host(new OneUser()));
        await client.AskAsync("05 01 02", "05 02");

        await client.SendAsync(login);

        await client.ExpectCloseAsync(ForwardError.ProtocolError);
    }

    [Theory]
    [InlineData("01 04 75736572 05 77726f6e67")]
    [InlineData("01 05 7573657231 04 70617373")]
    [InlineData("01 00 00")]
    public async Task Login_Wrong_IsAnsweredAndClosed(string login)
    {
        await using ServedClient client = new(_server, Host(new OneUser()));
        await client.AskAsync("05 01 02", "05 02");

        await client.AskAsync(login, "01 01");

        await client.ExpectRefusalAsync(ForwardError.AuthenticationFailed);
    }

    [Fact]
    public async Task Login_OfTheLongestStrings_IsRead()
    {
        string name = new('n', 255);
        string password = new('p', 255);
        await using ServedClient client = new(_server, Host(new OneUser(name, password)));
        await client.AskAsync("05 01 02", "05 02");

        await client.SendAsync([1, 255, .. name.Select(c => (byte)c), 255, .. password.Select(c => (byte)c)]);

        await client.ExpectAsync("01 00");
    }

    [Fact]
    public async Task Refusal_WithUnreadBytesOfTheClient_CanBeRead()
    {
        await using ServedClient client = new(_server, Host());

        await client.AskAsync("05 01 00 05 09 00 01 7f000001 0050 616263", "05 00");

        await client.ExpectAsync("05 07 00 01 00000000 0000");
        await client.ExpectRefusalAsync(ForwardError.CommandNotSupported);
    }

    [Fact]
    public async Task Refusal_OfAClientThatStays_IsOverSoon()
    {
        await using ServedClient client = new(_server, Host());
        await client.AskAsync("05 01 01", "05 ff");
        await _time.WaitForTimersAsync(1).OrFail();
        Assert.False(client.Serving.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(2));

        await Assert.ThrowsAsync<ForwardException>(() => client.Serving.OrFail());
    }

    [Theory]
    [InlineData("04 01 00 01 7f000001 0050")]
    [InlineData("01 01 00 01 7f000001 0050")]
    public async Task Request_OfAnotherVersion_ClosesWithoutAReply(string request)
    {
        await using ServedClient client = await GreetedAsync(Host());

        await client.SendAsync(request);

        await client.ExpectCloseAsync(ForwardError.ProtocolError);
    }

    [Theory]
    [InlineData("05 09 00 01 7f000001 0050", 7, ForwardError.CommandNotSupported)]
    [InlineData("05 00 00 01 7f000001 0050", 7, ForwardError.CommandNotSupported)]
    [InlineData("05 f0 00 01 7f000001 0050", 7, ForwardError.CommandNotSupported)]
    [InlineData("05 f1 00 03 00 0000", 7, ForwardError.CommandNotSupported)]
    [InlineData("05 01 00 02 7f000001 0050", 8, ForwardError.AddressNotSupported)]
    [InlineData("05 01 00 00", 8, ForwardError.AddressNotSupported)]
    [InlineData("05 f3 00 ff", 8, ForwardError.AddressNotSupported)]
    [InlineData("05 01 00 03 00 0050", 4, ForwardError.AddressNotSupported)] // empty
    [InlineData("05 01 00 03 03 610062 0050", 4, ForwardError.AddressNotSupported)] // NUL
    [InlineData("05 01 00 03 03 610a62 0050", 4, ForwardError.AddressNotSupported)] // control byte
    [InlineData("05 01 00 03 03 ffffff 0050", 4, ForwardError.AddressNotSupported)] // not UTF-8
    [InlineData("05 01 00 01 7f000001 0000", 4, ForwardError.AddressNotSupported)] // port 0
    [InlineData("05 02 00 03 00 0050", 4, ForwardError.AddressNotSupported)]
    [InlineData("05 f2 00 03 03 612062 0050", 4, ForwardError.AddressNotSupported)]
    [InlineData("05 f3 00 03 00 0000", 4, ForwardError.AddressNotSupported)]
    public async Task Request_ThatCannotBeServed_IsRefusedWithAReason(string request, byte code, ForwardError error)
    {
        await using ServedClient client = await GreetedAsync(Host());

        await client.SendAsync(request);

        Assert.Equal([5, code, 0, 1, 0, 0, 0, 0, 0, 0], await client.ReceiveAsync(10));
        await client.ExpectRefusalAsync(error);
    }

    [Theory]
    [InlineData(254)]
    [InlineData(255)]
    public async Task Request_OfTooLongAName_IsRefused(byte length)
    {
        await using ServedClient client = await GreetedAsync(Host());

        await client.SendAsync([5, 1, 0, 3, length, .. Enumerable.Repeat((byte)'a', length), 0, 80]);

        await client.ExpectAsync("05 04 00 01 00000000 0000");
    }

    [Theory]
    [InlineData("05 01 ff 01 c0000201 0050", "192.0.2.1")] // RSV is not looked at
    [InlineData("05 01 00 03 09 3139322e302e322e31 0050", "192.0.2.1")] // as GOST writes an address
    [InlineData("05 01 00 04 20010db8000000000000000000000001 0050", "2001:db8::1")]
    [InlineData("05 01 00 03 0a 64622e6578616d706c65 0050", "db.example")]
    public async Task Connect_ToEachKindOfAddress_IsGranted(string request, string host)
    {
        await using IListener listener = await _network.ListenAsync(new(host, 80));
        await using ServedClient client = await GreetedAsync(Host());

        await client.AskAsync(request, Granted);

        Assert.Equal([new HostEndPoint(host, 80)], _network.Dials);
    }

    [Fact]
    public async Task Connect_FromGostToAnEmptyName_ReachesThisMachine()
    {
        await using IListener listener = await _network.ListenAsync(new("", 80));
        await using ServedClient client = new(_server, Host());
        await client.AskAsync("05 03 00 02 80", "05 00");

        await client.AskAsync("05 01 00 03 00 0050", Granted);

        await using IConnection? target = await listener.AcceptAsync().OrFail();
        Assert.NotNull(target);
    }

    [Fact]
    public async Task Connect_RelaysBothWaysToEachEnd()
    {
        await using IListener listener = await _network.ListenAsync(Target);
        await using ServedClient client = await GreetedAsync(Host());
        await client.AskAsync(ConnectToTarget, Granted);
        await using IConnection? target = await listener.AcceptAsync().OrFail();

        await client.Connection.SendAndEndAsync("question"u8.ToArray());
        Assert.Equal("question"u8.ToArray(), await target!.ReadToEndAsync().OrFail());
        await target!.SendAndEndAsync("answer"u8.ToArray());
        Assert.Equal("answer"u8.ToArray(), await client.Connection.ReadToEndAsync().OrFail());

        await client.Serving.OrFail();
    }

    [Theory]
    [InlineData(ForwardError.ConnectionRefused, 5)]
    [InlineData(ForwardError.NetworkUnreachable, 3)]
    [InlineData(ForwardError.HostUnreachable, 4)]
    [InlineData(ForwardError.NameNotResolved, 4)]
    [InlineData(ForwardError.TimedOut, 4)]
    [InlineData(ForwardError.TargetUnreachable, 4)]
    [InlineData(ForwardError.AddressNotSupported, 8)]
    [InlineData(ForwardError.LocalResources, 1)]
    [InlineData(ForwardError.Unknown, 1)]
    public async Task Connect_ThatFails_IsRefusedWithItsReason(ForwardError error, byte code)
    {
        _network.Fail(Target, error);
        await using ServedClient client = await GreetedAsync(Host());

        await client.SendAsync(ConnectToTarget);

        Assert.Equal([5, code, 0, 1, 0, 0, 0, 0, 0, 0], await client.ReceiveAsync(10));
        await client.ExpectRefusalAsync(error);
    }

    [Fact]
    public void ForConnect_FailureOfANodeOnTheWay_IsNotTheTargets()
    {
        ForwardException onTheWay = new(ForwardError.ConnectionRefused, "") { Node = "hop1" };
        ForwardException atTheTarget = new(ForwardError.ConnectionRefused, "") { IsTargetFault = true };

        Assert.Equal(Socks5ReplyCode.GeneralFailure, Socks5ServerReplies.ForConnect(onTheWay));
        Assert.Equal(Socks5ReplyCode.ConnectionRefused, Socks5ServerReplies.ForConnect(atTheTarget));
    }

    [Theory]
    [InlineData("05 01 00 01 c0000201 0050")]
    [InlineData("05 02 00 01 c0000201 0050")]
    [InlineData("05 f2 00 01 c0000201 0050")]
    [InlineData("05 f3 00 01 c0000201 0050")]
    [InlineData("05 03 00 01 00000000 0000")]
    public async Task Request_AgainstTheRules_IsRefused(string request)
    {
        await using ServedClient client = await GreetedAsync(new InMemoryProxyHost(_network) { IsForbidden = _ => true });

        await client.AskAsync(request, "05 02 00 01 00000000 0000");

        await client.ExpectRefusalAsync(ForwardError.Forbidden);
    }

    [Fact]
    public async Task Connect_ClientGoneBeforeTheReply_ClosesTheTarget()
    {
        await using IListener listener = await _network.ListenAsync(Target);
        await using ServedClient client = await GreetedAsync(Host());
        client.Far.FailAfter(10);

        await client.SendAsync(ConnectToTarget);

        await Assert.ThrowsAnyAsync<IOException>(() => client.Serving.OrFail());
        await using IConnection? target = await listener.AcceptAsync().OrFail();
        await Assert.ThrowsAsync<IOException>(() => target!.ReadToEndAsync().OrFail());
    }

    [Fact]
    public async Task Connect_ServerSpeaksFirst_IsHeldBackFromGostForTheGrace()
    {
        (ServedClient client, IConnection target) = await ConnectedAsync(_server, "05 03 00 02 80");
        await using ServedClient client_ = client;
        await using IConnection target_ = target;
        await target.Stream.WriteAsync("banner"u8.ToArray());
        Task<byte[]> banner = client.ReceiveAsync(6);
        await _time.WaitForTimersAsync(1).OrFail();
        Assert.False(banner.IsCompleted);

        _time.Advance(TimeSpan.FromMilliseconds(30));

        Assert.Equal("banner"u8.ToArray(), await banner);
        await client.SendAsync("00 01");
        Assert.Equal([0, 1], await target.ReadAsync(2).OrFail());
    }

    [Fact]
    public async Task Connect_GostSpeaksFirst_IsNotHeldBackLonger()
    {
        (ServedClient client, IConnection target) = await ConnectedAsync(_server, "05 03 00 02 80");
        await using ServedClient client_ = client;
        await using IConnection target_ = target;
        await target.Stream.WriteAsync("banner"u8.ToArray());

        await client.SendAsync("00 01");

        Assert.Equal("banner"u8.ToArray(), await client.ReceiveAsync(6));
        Assert.Equal([0, 1], await target.ReadAsync(2).OrFail());
    }

    [Theory]
    [InlineData("05 01 00")]
    [InlineData("05 02 00 02")]
    [InlineData("05 03 80 02 00")]
    public async Task Connect_OfOtherClients_IsNotHeldBack(string greeting)
    {
        (ServedClient client, IConnection target) = await ConnectedAsync(_server, greeting);
        await using ServedClient client_ = client;
        await using IConnection target_ = target;

        await target.Stream.WriteAsync("banner"u8.ToArray());

        Assert.Equal("banner"u8.ToArray(), await client.ReceiveAsync(6));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tls_GostClient_IsServedInsideWithoutHoldingBack(bool login)
    {
        await using IListener listener = await _network.ListenAsync(Target);
        await using ServedClient client = new(_tlsServer, Host(login ? new OneUser() : null));
        await client.AskAsync("05 03 00 02 80", login ? "05 82" : "05 80");
        await using IConnection tls = await TestTls.ConnectAsync(client.Connection).OrFail();
        if (login)
        {
            await tls.Stream.WriteAsync(ScriptedPeer.Hex("01 04 75736572 04 70617373"));
            Assert.Equal([1, 0], await tls.ReadAsync(2).OrFail());
        }

        await tls.Stream.WriteAsync(ScriptedPeer.Hex(ConnectToTarget));
        await using IConnection? target = await listener.AcceptAsync().OrFail();
        await target!.Stream.WriteAsync("banner"u8.ToArray());

        Assert.Equal(ScriptedPeer.Hex(Granted), await tls.ReadAsync(10).OrFail());
        Assert.Equal("banner"u8.ToArray(), await tls.ReadAsync(6).OrFail());
        await target.CompleteWritesAsync();
        Assert.Empty(await tls.ReadToEndAsync().OrFail());
        await tls.DisposeAsync();
        await client.Serving.OrFail();
    }

    [Fact]
    public async Task Tls_Answers_AreEachARecordOfTheirOwn()
    {
        List<int> writes = [];
        Socks5Server server = new(_ => new FakeMultiplexSession(), (inner, _) => new(WriteRecorder.Create(inner, writes)));
        await using IListener listener = await _network.ListenAsync(Target);
        await using ServedClient client = new(server, Host(new OneUser()));
        await client.AskAsync("05 03 00 02 80", "05 82");
        await client.AskAsync("01 04 75736572 04 70617373", "01 00");
        await client.AskAsync(ConnectToTarget, Granted);
        await using IConnection? target = await listener.AcceptAsync().OrFail();

        await target!.Stream.WriteAsync("banner"u8.ToArray());

        Assert.Equal("banner"u8.ToArray(), await client.ReceiveAsync(6));
        Assert.Equal([2, 10, 6], writes);
    }

    [Fact]
    public async Task Tls_WrongLogin_IsToldInside()
    {
        await using ServedClient client = new(_tlsServer, Host(new OneUser()));
        await client.AskAsync("05 03 00 02 80", "05 82");
        await using IConnection tls = await TestTls.ConnectAsync(client.Connection).OrFail();

        await tls.Stream.WriteAsync(ScriptedPeer.Hex("01 04 75736572 05 77726f6e67"));

        Assert.Equal([1, 1], await tls.ReadAsync(2).OrFail());
        Assert.Empty(await tls.ReadToEndAsync().OrFail());
    }

    [Theory]
    [InlineData("05 01 00 01 c0000201 0050")]
    [InlineData("16 03 01 00 04 ffffffff")]
    public async Task Tls_GarbageForAHello_Closes(string bytes)
    {
        await using ServedClient client = new(_tlsServer, Host());
        await client.AskAsync("05 01 80", "05 80");

        await client.SendAsync(bytes);
        await client.Connection.CompleteWritesAsync();

        await Assert.ThrowsAnyAsync<IOException>(() => client.Serving.OrFail());
        Assert.True(client.Far.IsAborted);
    }

    [Fact]
    public async Task Tls_HelloNeverComes_Closes()
    {
        await using ServedClient client = new(_tlsServer, Host());
        await client.AskAsync("05 01 80", "05 80");
        await _time.WaitForTimersAsync(1).OrFail();

        _time.Advance(TimeSpan.FromSeconds(10));

        await client.ExpectCloseAsync(ForwardError.TimedOut);
    }

    private InMemoryProxyHost Host(IAuthenticator? authenticator = null) =>
        new(_network) { Authenticator = authenticator, Time = _time };

    private async Task<ServedClient> GreetedAsync(InMemoryProxyHost host)
    {
        ServedClient client = new(_server, host);
        await client.AskAsync("05 01 00", "05 00");
        return client;
    }

    private async Task<(ServedClient Client, IConnection Target)> ConnectedAsync(Socks5Server server, string greeting)
    {
        await using IListener listener = await _network.ListenAsync(Target);
        ServedClient client = new(server, Host());
        await client.AskAsync(greeting, "05 00");
        await client.AskAsync(ConnectToTarget, Granted);
        return (client, (await listener.AcceptAsync().OrFail())!);
    }
}
