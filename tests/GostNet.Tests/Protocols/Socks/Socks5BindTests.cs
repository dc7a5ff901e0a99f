using System.Net;
using GostNet.Diagnostics;
using GostNet.Protocols.Socks;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols.Socks;

public class Socks5BindTests
{
    private const string SharedBind = "05 02 07 01 00000000 4e71"; // what everybody else ignores says that they belong together
    private const string Bind = "05 02 00 01 00000000 4e71"; // 0.0.0.0:20081, as GOST's client and server were recorded
    private const string Bound = "05 00 00 01 7f000001 4e71";
    private const string Peer = "05 00 00 01 7f000001 9c41"; // 127.0.0.1:40001
    private static readonly HostEndPoint EndPoint = new("", 20081);
    private readonly ScriptedNode _node = new();
    private readonly Socks5Connector _connector = new("hop1");

    [Fact]
    public async Task AcceptAsync_Bind_GivesThePeerAndArmsAgain()
    {
        (IListener listener, ScriptedControl control) = await ListenAsync();
        Assert.Equal(new IPEndPoint(IPAddress.Any, 20081), listener.LocalEndPoint);
        Task<IConnection?> accept = listener.AcceptAsync().AsTask();

        await control.SendAsync(Peer + "68656c6c6f");

        IConnection peer = (await accept.OrFail())!;
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 40001), peer.RemoteEndPoint);
        Assert.Equal("hello"u8.ToArray(), await peer.ReadAsync(5).OrFail());
        await peer.SendAndEndAsync("answer"u8.ToArray()).OrFail();
        Assert.Equal("answer"u8.ToArray(), await control.Far.ReadToEndAsync().OrFail());

        ScriptedControl second = await _node.NextAsync(Bind, Bound + Peer);
        Assert.NotNull(await listener.AcceptAsync().OrFail());
        Assert.False(second.Near.IsDisposed);
    }

    [Theory]
    [InlineData("", 20081, "05 02 00 01 00000000 4e71")]
    [InlineData("localhost", 20081, "05 02 00 01 7f000001 4e71")]
    [InlineData("10.0.0.9", 20081, "05 02 00 01 0a000009 4e71")]
    [InlineData("::1", 20081, "05 02 00 04 00000000000000000000000000000001 4e71")]
    [InlineData("::", 20081, "05 02 00 04 00000000000000000000000000000000 4e71")]
    [InlineData("eth0.example", 20081, "05 02 00 03 0c 657468302e6578616d706c65 4e71")]
    public async Task ListenAsync_Address_GoesAsWhatItIs(string host, int port, string request)
    {
        ValueTask<IListener> listen = _connector.ListenAsync(_node.OpenAsync, new(host, port));
        await _node.NextAsync(request, "05 00 00 01 00000000 4e71");

        await (await listen.OrFail()).DisposeAsync();
    }

    [Theory]
    [InlineData("eth0.example", 0)] // a name that the node does not know, and any port would do
    [InlineData("fe80::1%eth0", 22)]
    public async Task ListenAsync_WouldBeElsewhere_IsRefused(string host, int port)
    {
        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(
            () => _connector.ListenAsync(_node.OpenAsync, new(host, port)).OrFail());

        Assert.Equal(ForwardError.AddressNotSupported, failure.Error);
        Assert.Equal(0, _node.Opens);
    }

    [Fact]
    public async Task ListenAsync_PortZero_TellsThePortAndKeepsIt()
    {
        Task<IListener> listen = _connector.ListenAsync(_node.OpenAsync, new("", 0)).AsTask();
        ScriptedControl control = await _node.NextAsync("05 02 00 01 00000000 0000", Bound);
        await using IListener listener = await listen.OrFail();
        Assert.Equal(new IPEndPoint(IPAddress.Any, 20081), listener.LocalEndPoint);

        await control.SendAsync(Peer);

        await _node.NextAsync(Bind, Bound);
    }

    [Theory]
    [InlineData("05 00 00 01 7f000001 4e72", "port 20082")] // dante, when the port is taken
    [InlineData("05 00 00 03 03 0a0a0a 4e71", "port unknown")]
    public async Task ListenAsync_AnotherPort_FailsAndClosesIt(string reply, string part)
    {
        Task<IListener> listen = _connector.ListenAsync(_node.OpenAsync, EndPoint).AsTask();
        ScriptedControl control = await _node.NextAsync(Bind, reply);

        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => listen.OrFail());

        Assert.Equal((ForwardError.ProxyFailure, "hop1"), (failure.Error, failure.Node));
        Assert.Contains(part, failure.Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<IOException>(control.ExpectEndAsync); // reset
    }

    [Fact]
    public async Task ListenAsync_PortZeroAndNoneTold_Fails()
    {
        Task<IListener> listen = _connector.ListenAsync(_node.OpenAsync, new("", 0)).AsTask();
        await _node.NextAsync("05 02 00 01 00000000 0000", "05 00 00 01 00000000 0000");

        Assert.Equal(ForwardError.ProtocolError, (await Assert.ThrowsAsync<ForwardException>(() => listen.OrFail())).Error);
    }

    [Theory]
    [InlineData("05 01 00 01 00000000 0000", ForwardError.ProxyFailure, "the port may be taken")] // GOST, when the port is
    [InlineData("05 02 00 01 00000000 0000", ForwardError.Forbidden, "not allowed")]
    [InlineData("05 04 00 01 00000000 0000", ForwardError.HostUnreachable, "replied 4")]
    [InlineData("05 07 00 01 00000000 0000", ForwardError.CommandNotSupported, "it cannot listen for connections")] // microsocks
    [InlineData("", ForwardError.ConnectionClosed, "it cannot listen for connections")] // ssh -D, and GOST when it must not
    public async Task ListenAsync_Refused_SaysWhatIsMissing(string reply, ForwardError error, string part)
    {
        Task<IListener> listen = _connector.ListenAsync(_node.OpenAsync, EndPoint).AsTask();
        ScriptedControl control = await _node.NextAsync(Bind, reply);
        if (reply.Length == 0)
        {
            await control.Far.CompleteWritesAsync();
        }

        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => listen.OrFail());

        Assert.Equal((error, false, "hop1"), (failure.Error, failure.IsTargetFault, failure.Node));
        Assert.StartsWith("SOCKS5 proxy hop1, asked to listen at 0.0.0.0:20081, ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(part, failure.Message, StringComparison.Ordinal);
        await control.ExpectEndAsync();
    }

    [Fact]
    public async Task ListenAsync_NoReply_TimesOut()
    {
        ManualTimeProvider time = new();
        Socks5Connector connector = new("hop1", settings: new() { Time = time });
        Task<IListener> listen = connector.ListenAsync(_node.OpenAsync, EndPoint).AsTask();
        ScriptedControl control = await _node.NextAsync(Bind);

        time.Advance(TimeSpan.FromSeconds(30));

        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => listen.OrFail());
        Assert.Equal((ForwardError.TimedOut, "hop1"), (failure.Error, failure.Node));
        Assert.True(control.Near.IsDisposed);
    }

    [Fact]
    public async Task ListenAsync_Cancelled_ClosesTheConnection()
    {
        using CancellationTokenSource stop = new();
        Task<IListener> listen = _connector.ListenAsync(_node.OpenAsync, EndPoint, stop.Token).AsTask();
        ScriptedControl control = await _node.NextAsync(Bind);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listen.OrFail());
        Assert.True(control.Near.IsDisposed);
    }

    [Fact]
    public async Task AcceptAsync_BothRepliesInOneSegment_AreTwo()
    {
        Task<IListener> listen = _connector.ListenAsync(_node.OpenAsync, EndPoint).AsTask();
        await _node.NextAsync(Bind, Bound + Peer + "626f6f");
        await using IListener listener = await listen.OrFail();

        IConnection peer = (await listener.AcceptAsync().OrFail())!;

        Assert.Equal("boo"u8.ToArray(), await peer.ReadAsync(3).OrFail());
    }

    [Fact]
    public async Task AcceptAsync_PeerOverIPv6_IsTold()
    {
        (IListener listener, ScriptedControl control) = await ListenAsync();

        await control.SendAsync("05 00 00 04 20010db8000000000000000000000007 9c41");

        Assert.Equal(IPEndPoint.Parse("[2001:db8::7]:40001"), (await listener.AcceptAsync().OrFail())!.RemoteEndPoint);
    }

    [Theory]
    [InlineData("05 01 00 01 00000000 0000", ForwardError.ProxyFailure)]
    [InlineData("04 00 00 01 00000000 0000", ForwardError.ProtocolError)]
    [InlineData("05 00 00 02 00000000 0000", ForwardError.ProtocolError)]
    [InlineData("05 00 00 01 00", ForwardError.ConnectionClosed)]
    [InlineData("", ForwardError.ConnectionClosed)]
    public async Task AcceptAsync_NoPeer_EndsTheListener(string secondReply, ForwardError error)
    {
        (IListener listener, ScriptedControl control) = await ListenAsync();

        await control.SendAsync(secondReply);
        if (error == ForwardError.ConnectionClosed)
        {
            await control.Far.CompleteWritesAsync();
        }

        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => listener.AcceptAsync().OrFail());
        Assert.Equal((error, "hop1"), (failure.Error, failure.Node));
        Assert.True(control.Near.IsDisposed);
        await listener.DisposeAsync().OrFail();
        Assert.Null(await listener.AcceptAsync().OrFail());
    }

    [Fact]
    public async Task AcceptAsync_CannotArmAgain_GivesThePeerFirst()
    {
        (IListener listener, ScriptedControl control) = await ListenAsync();
        _node.Failure = new(ForwardError.ConnectionRefused, "hop1 is gone");

        await control.SendAsync(Peer);

        Assert.NotNull(await listener.AcceptAsync().OrFail());
        Assert.Same(_node.Failure, await Assert.ThrowsAsync<ForwardException>(() => listener.AcceptAsync().OrFail()));
    }

    [Fact]
    public async Task DisposeAsync_Waiting_ClosesTheControlConnection()
    {
        (IListener listener, ScriptedControl control) = await ListenAsync();
        Task<IConnection?> accept = listener.AcceptAsync().AsTask();

        await listener.DisposeAsync().OrFail();
        await listener.DisposeAsync().OrFail();

        await control.ExpectEndAsync();
        Assert.Null(await accept.OrFail());
        Assert.Null(await listener.AcceptAsync().OrFail());
    }

    [Fact]
    public async Task DisposeAsync_PeersAccepted_LiveOn()
    {
        (IListener listener, ScriptedControl control) = await ListenAsync();
        await control.SendAsync(Peer);
        IConnection peer = (await listener.AcceptAsync().OrFail())!;

        await listener.DisposeAsync().OrFail();
        await control.SendAsync("6869");

        Assert.Equal("hi"u8.ToArray(), await peer.ReadAsync(2).OrFail());
    }

    [Fact]
    public async Task DisposeAsync_PeersNotAccepted_AreClosed()
    {
        (IListener listener, ScriptedControl control) = await ListenAsync();
        await control.SendAsync(Peer);
        await _node.NextAsync(Bind, Bound); // armed again, so the first peer waits to be accepted

        await listener.DisposeAsync().OrFail();

        Assert.True(control.Near.IsDisposed);
    }

    [Fact]
    public async Task ListenAsync_Sessions_WaitForSeveralPeers()
    {
        Socks5Connector connector = new("hop1", settings: new() { Sessions = 3, Random = new SevenRandom() });
        Task<IListener> listen = connector.ListenAsync(_node.OpenAsync, EndPoint).AsTask();
        ScriptedControl[] controls = new ScriptedControl[3];
        for (int i = 0; i < controls.Length; i++)
        {
            controls[i] = await _node.NextAsync(SharedBind, Bound);
        }

        await using IListener listener = await listen.OrFail();
        await Task.WhenAll(controls.Select(control => control.SendAsync(Peer)));

        for (int i = 0; i < controls.Length; i++)
        {
            Assert.NotNull(await listener.AcceptAsync().OrFail());
        }
    }

    [Theory]
    [InlineData("05 01 00 01 00000000 0000")] // GOST: the port is taken
    [InlineData("05 00 00 01 7f000001 9999")] // dante: another port
    public async Task ListenAsync_SessionsNotShared_MakesDoWithOne(string second)
    {
        RecordingLoggerFactory log = new();
        Socks5Connector connector = new("hop1", settings: new() { Sessions = 2, Random = new SevenRandom(), Logger = log.CreateLogger("x") });
        Task<IListener> listen = connector.ListenAsync(_node.OpenAsync, EndPoint).AsTask();
        ScriptedControl control = await _node.NextAsync(SharedBind, Bound);
        await using IListener listener = await listen.OrFail();
        await _node.NextAsync(SharedBind, second);
        await log.WaitForAsync(LogEventIds.BindNotShared).OrFail();

        await control.SendAsync(Peer);

        Assert.NotNull(await listener.AcceptAsync().OrFail());
        await _node.NextAsync(SharedBind, Bound);
        Assert.Equal(3, _node.Opens);
    }

    private async Task<(IListener Listener, ScriptedControl Control)> ListenAsync()
    {
        Task<IListener> listen = _connector.ListenAsync(_node.OpenAsync, EndPoint).AsTask();
        ScriptedControl control = await _node.NextAsync(Bind, Bound);
        return (await listen.OrFail(), control);
    }
}
