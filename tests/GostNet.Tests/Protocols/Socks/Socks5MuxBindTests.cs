using System.Net;
using System.Threading.Channels;
using GostNet.Diagnostics;
using GostNet.Protocols.Socks;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols.Socks;

public class Socks5MuxBindTests
{
    private const string MuxBind = "05 f2 00 01 00000000 4e71"; // as GOST's client and server were recorded
    private const string SharedMuxBind = "05 f2 07 01 00000000 4e71"; // what everybody else ignores says that they belong together
    private const string Bind = "05 02 00 01 00000000 4e71";
    private const string Bound = "05 00 00 01 7f000001 4e71";
    private static readonly HostEndPoint EndPoint = new("", 20081);
    private readonly ScriptedNode _node = new();
    private readonly ManualTimeProvider _time = new();
    private readonly RecordingLoggerFactory _log = new();
    private readonly Channel<FakeSession> _sessions = Channel.CreateUnbounded<FakeSession>();

    [Fact]
    public async Task AcceptAsync_Streams_AreThePeers()
    {
        (IListener listener, FakeSession session, _) = await ListenAsync();
        Assert.Equal(new IPEndPoint(IPAddress.Any, 20081), listener.LocalEndPoint);
        for (int i = 0; i < 3; i++)
        {
            (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
            session.Bring(near);

            IConnection peer = (await listener.AcceptAsync().OrFail())!;

            await far.SendAndEndAsync([7]).OrFail();
            Assert.Equal([7], await peer.ReadToEndAsync().OrFail());
            Assert.Null(peer.RemoteEndPoint);
        }

        Assert.Equal(1, _node.Opens);
    }

    [Fact]
    public async Task ListenAsync_FramesBehindTheReply_AreLeftToTheSession()
    {
        Task<IListener> listen = Create().ListenAsync(_node.OpenAsync, EndPoint).AsTask();
        await _node.NextAsync(MuxBind, Bound + "0100000003000000");
        await using IListener listener = await listen.OrFail();

        FakeSession session = await _sessions.Reader.ReadAsync().OrFail();

        Assert.Equal(ScriptedPeer.Hex("0100000003000000"), await session.Carrier.ReadAsync(8).OrFail());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AcceptAsync_SessionEnds_TellsWhoAndWhy(bool isBroken)
    {
        (IListener listener, FakeSession session, ScriptedControl control) = await ListenAsync();

        session.Break(isBroken ? new IOException("no word for 30 s") : null);

        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => listener.AcceptAsync().OrFail());
        Assert.Equal((ForwardError.ConnectionClosed, "hop1"), (failure.Error, failure.Node));
        Assert.Contains(isBroken ? "no word for 30 s" : "it ended the session", failure.Message, StringComparison.Ordinal);
        Assert.True(control.Near.IsDisposed, "A port that is still open would be in the way of the next bind.");
    }

    [Fact]
    public async Task AcceptAsync_SessionEndsWithPeersAlive_LeavesThemWhatTheyHaveToRead()
    {
        (IListener listener, FakeSession session, ScriptedControl control) = await ListenAsync();
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        session.Bring(near);
        IConnection peer = (await listener.AcceptAsync().OrFail())!;
        await far.SendAndEndAsync("last words"u8.ToArray()).OrFail();

        session.Break(null);
        await Assert.ThrowsAsync<ForwardException>(() => listener.AcceptAsync().OrFail());

        Assert.Equal("last words"u8.ToArray(), await peer.ReadToEndAsync().OrFail());
        await peer.DisposeAsync().OrFail();
        Assert.True(control.Near.IsDisposed);
    }

    [Fact]
    public async Task DisposeAsync_NoPeers_ClosesTheSession()
    {
        (IListener listener, _, ScriptedControl control) = await ListenAsync();

        await listener.DisposeAsync().OrFail();

        await control.ExpectEndAsync();
    }

    [Fact]
    public async Task DisposeAsync_PeersAlive_ClosesTheSessionWithTheLast()
    {
        (IListener listener, FakeSession session, ScriptedControl control) = await ListenAsync();
        List<IConnection> peers = [];
        for (int i = 0; i < 2; i++)
        {
            session.Bring(InMemoryConnection.CreatePair().Near);
            peers.Add((await listener.AcceptAsync().OrFail())!);
        }

        await listener.DisposeAsync().OrFail();
        Assert.False(control.Near.IsDisposed);
        (InMemoryConnection late, _) = InMemoryConnection.CreatePair();
        session.Bring(late);
        await late.Closed.OrFail(); // sent away

        await peers[0].DisposeAsync().OrFail();
        await peers[0].DisposeAsync().OrFail();
        Assert.False(control.Near.IsDisposed);
        await peers[1].DisposeAsync().OrFail();
        Assert.True(control.Near.IsDisposed);
    }

    [Theory]
    [InlineData("05 07 00 01 00000000 0000")] // microsocks
    [InlineData("")] // dante
    public async Task ListenAsync_Unknown_UsesBindAndRemembers(string refusal)
    {
        Socks5Connector connector = Create();
        for (int i = 0; i < 2; i++)
        {
            Task<IListener> listen = connector.ListenAsync(_node.OpenAsync, EndPoint).AsTask();
            if (i == 0)
            {
                ScriptedControl refused = await _node.NextAsync(MuxBind, refusal);
                if (refusal.Length == 0)
                {
                    await refused.Far.CompleteWritesAsync();
                }
            }

            await _node.NextAsync(Bind, Bound);
            await (await listen.OrFail()).DisposeAsync().OrFail();
        }

        Assert.Single(_log.WithId(LogEventIds.CommandReplaced));
        _time.Advance(Socks5Memory.Span);
        Task<IListener> later = connector.ListenAsync(_node.OpenAsync, EndPoint).AsTask();
        await _node.NextAsync(MuxBind, Bound);
        await (await later.OrFail()).DisposeAsync().OrFail();
    }

    [Theory]
    [InlineData("05 01 00 01 00000000 0000", ForwardError.ProxyFailure)] // the port is taken: BIND would not get it either
    [InlineData("05 02 00 01 00000000 0000", ForwardError.Forbidden)]
    [InlineData("05 00 00 01 00000000 4e72", ForwardError.ProxyFailure)] // another port
    public async Task ListenAsync_Refused_DoesNotTryBind(string reply, ForwardError error)
    {
        Task<IListener> listen = Create().ListenAsync(_node.OpenAsync, EndPoint).AsTask();
        await _node.NextAsync(MuxBind, reply);

        Assert.Equal(error, (await Assert.ThrowsAsync<ForwardException>(() => listen.OrFail())).Error);
        Assert.Equal(1, _node.Opens);
    }

    [Fact]
    public async Task ListenAsync_NeitherKnown_NamesBoth()
    {
        Task<IListener> listen = Create().ListenAsync(_node.OpenAsync, EndPoint).AsTask();
        await (await _node.NextAsync(MuxBind)).Far.CompleteWritesAsync();
        await _node.NextAsync(Bind, "05 07 00 01 00000000 0000");

        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => listen.OrFail());

        Assert.Equal((ForwardError.CommandNotSupported, "hop1"), (failure.Error, failure.Node));
        Assert.Contains("command F2", failure.Message, StringComparison.Ordinal);
        Assert.Contains("replied 7 to BIND", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListenAsync_ClosedBeforeTheRequest_DoesNotTryBind()
    {
        Task<IListener> listen = Create().ListenAsync(_node.OpenAsync, EndPoint).AsTask();
        await (await _node.NextAsync()).Far.CompleteWritesAsync();

        Assert.Equal(ForwardError.ConnectionClosed, (await Assert.ThrowsAsync<ForwardException>(() => listen.OrFail())).Error);
        Assert.Equal(1, _node.Opens);
    }

    [Fact]
    public async Task ListenAsync_Sessions_ShareThePort()
    {
        Task<IListener> listen = Create(sessions: 2).ListenAsync(_node.OpenAsync, new("", 0)).AsTask();
        await _node.NextAsync("05 f2 07 01 00000000 0000", Bound);
        await using IListener listener = await listen.OrFail();
        await _node.NextAsync(SharedMuxBind, Bound); // the port that the first was given
        FakeSession[] sessions = [await _sessions.Reader.ReadAsync().OrFail(), await _sessions.Reader.ReadAsync().OrFail()];

        foreach (FakeSession session in sessions)
        {
            session.Bring(InMemoryConnection.CreatePair().Near);
            Assert.NotNull(await listener.AcceptAsync().OrFail());
        }
    }

    [Fact]
    public async Task AcceptAsync_OneSessionOfTwoEnds_IsReplaced()
    {
        Task<IListener> listen = Create(sessions: 2).ListenAsync(_node.OpenAsync, EndPoint).AsTask();
        await _node.NextAsync(SharedMuxBind, Bound);
        await using IListener listener = await listen.OrFail();
        await _node.NextAsync(SharedMuxBind, Bound);
        FakeSession first = await _sessions.Reader.ReadAsync().OrFail();
        FakeSession second = await _sessions.Reader.ReadAsync().OrFail();
        _time.Advance(TimeSpan.FromSeconds(10));

        first.Break(new IOException("gone"));

        await _node.NextAsync(SharedMuxBind, "05 01 00 01 00000000 0000"); // not granted: the other remains
        second.Bring(InMemoryConnection.CreatePair().Near);
        Assert.NotNull(await listener.AcceptAsync().OrFail());
    }

    [Fact]
    public async Task AcceptAsync_AllSessionsEnd_EndsTheListener()
    {
        Task<IListener> listen = Create(sessions: 2).ListenAsync(_node.OpenAsync, EndPoint).AsTask();
        await _node.NextAsync(SharedMuxBind, Bound);
        await using IListener listener = await listen.OrFail();
        await _node.NextAsync(SharedMuxBind, Bound);

        (await _sessions.Reader.ReadAsync().OrFail()).Break(null);
        (await _sessions.Reader.ReadAsync().OrFail()).Break(null);

        await Assert.ThrowsAsync<ForwardException>(() => listener.AcceptAsync().OrFail());
        Assert.Equal(2, _node.Opens); // they ended at once, and would again
    }

    private Socks5Connector Create(int sessions = 1) => new("hop1", settings: new()
    {
        Multiplex = carrier =>
        {
            FakeSession session = new(carrier);
            _sessions.Writer.TryWrite(session);
            return session;
        },
        Sessions = sessions,
        Random = new SevenRandom(),
        Time = _time,
        Logger = _log.CreateLogger("x"),
    });

    private async Task<(IListener Listener, FakeSession Session, ScriptedControl Control)> ListenAsync()
    {
        Task<IListener> listen = Create().ListenAsync(_node.OpenAsync, EndPoint).AsTask();
        ScriptedControl control = await _node.NextAsync(MuxBind, Bound);
        return (await listen.OrFail(), await _sessions.Reader.ReadAsync().OrFail(), control);
    }
}
