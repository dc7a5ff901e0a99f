using GostNet.Protocols.Forward;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols.Forward;

public sealed class SessionConnectorTests
{
    private static readonly HostEndPoint Target = new("db", 5432);

    private readonly InMemoryNetwork _network = new();
    private readonly SessionConnector _connector = new();
    private readonly FakeForwardingConnection _node;

    public SessionConnectorTests() => _node = new(_network, InMemoryConnection.CreatePair().Near);

    [Fact]
    public async Task ConnectAsync_ATarget_AsksTheNodeAndHandsItsConnectionOn()
    {
        Assert.Same(_node, await _connector.ConnectAsync(_node, Target));
        Assert.Equal(Target, _node.Target);
    }

    [Fact]
    public async Task ConnectAsync_NodeRefuses_ThrowsWhatItSays()
    {
        _node.Refusal = new ForwardException(ForwardError.ConnectionRefused, "Connection refused.") { IsTargetFault = true };

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => _connector.ConnectAsync(_node, Target).AsTask());

        Assert.Same(_node.Refusal, e);
        Assert.False(_node.IsDisposed);
    }

    [Fact]
    public async Task ConnectAsync_OverAnotherTransport_Throws() => await Assert.ThrowsAsync<ArgumentException>(
        () => _connector.ConnectAsync(InMemoryConnection.CreatePair().Near, Target).AsTask());

    [Fact]
    public async Task ListenAsync_AtTheNode_KeepsItsConnectionAsLongAsTheListener()
    {
        IListener listener = await _connector.ListenAsync(_ => new(_node), new("", 2222));
        await using IConnection peer = await _network.Dialer.DialAsync(new("127.0.0.1", 2222));
        await using IConnection? accepted = await listener.AcceptAsync().OrFail();
        Assert.NotNull(accepted);
        Assert.False(_node.IsDisposed);

        await listener.DisposeAsync();

        Assert.True(_node.IsDisposed);
        Assert.False(_node.IsAborted);
        await using IListener again = await _network.ListenAsync(new("", 2222));
    }

    [Fact]
    public async Task ListenAsync_NodeRefuses_ClosesItsConnection()
    {
        _node.Refusal = new ForwardException(ForwardError.ProxyFailure, "It is taken.");

        Assert.Same(_node.Refusal, await Assert.ThrowsAsync<ForwardException>(
            () => _connector.ListenAsync(_ => new(_node), new("", 2222)).AsTask()));

        Assert.True(_node.IsDisposed);
    }

    [Fact]
    public async Task ListenAsync_OverAnotherTransport_ClosesIt()
    {
        InMemoryConnection plain = InMemoryConnection.CreatePair().Near;

        await Assert.ThrowsAsync<ArgumentException>(() => _connector.ListenAsync(_ => new(plain), new("", 2222)).AsTask());

        Assert.True(plain.IsDisposed);
    }
}
