using GostNet.Protocols.Forward;

namespace GostNet.Tests.Protocols.Forward;

public class ForwardConnectorTests
{
    [Fact]
    public async Task ConnectAsync_AnyTarget_HandsTheConnectionOver()
    {
        ScriptedPeer peer = new();
        IConnector connector = new ForwardConnector();

        Assert.True(connector.IgnoresTarget);
        Assert.Same(peer.Near, await connector.ConnectAsync(peer.Near, new("ignored", 1)));
    }
}
