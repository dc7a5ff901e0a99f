using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Building;

/// <summary>The far end of a chain in the hands of other code.</summary>
public sealed class BuildNetworkTests
{
    private static readonly HostEndPoint Far = new("far", 9);
    private readonly InMemoryNetwork _network = new();

    [Fact]
    public async Task ListenAsync_AtTheFarEnd_GivesAListenerLikeAnyOther()
    {
        await using FarEnd farEnd = await StartAsync();
        await using IListener listener = await Build(farEnd).ListenAsync(Far).OrFail();

        await using IConnection peer = await _network.Dialer.DialAsync(listener.LocalEndPoint is HostEndPoint at ? at : Far).OrFail();
        await using IConnection accepted = (await listener.AcceptAsync().OrFail())!;
        await peer.SendAndEndAsync([1, 2, 3]).OrFail();

        Assert.Equal([1, 2, 3], await accepted.ReadToEndAsync().OrFail());
    }

    [Fact]
    public async Task AcceptAsync_FarEndIsLost_Throws()
    {
        await using FarEnd farEnd = await StartAsync();
        await using IListener listener = await Build(farEnd).ListenAsync(Far).OrFail();
        Task<IConnection?> accepting = listener.AcceptAsync().AsTask();

        (await farEnd.NextControlAsync()).Abort();

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => accepting.OrFail());
        Assert.Equal(FarEnd.Node.Name, e.Node);
    }

    [Fact]
    public async Task ReceiveFromAsync_FarEndIsLost_Throws()
    {
        await using FarEnd farEnd = await StartAsync();
        await using IDatagramListener listener = await Build(farEnd).ListenDatagramsAsync(Far).OrFail();
        Task<int> receiving = listener.ReceiveFromAsync(new byte[1], listener.CreateAddress()).AsTask();

        (await farEnd.NextControlAsync()).Abort();

        await Assert.ThrowsAsync<ForwardException>(() => receiving.OrFail());
    }

    [Fact]
    public async Task ListenAsync_ChainThatCannot_ThrowsWhenItIsAsked()
    {
        INetwork network = new ForwardBuilder().UseNetwork(_network).ViaHttp("proxy:1").BuildNetwork();

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => network.ListenAsync(Far).OrFail());

        Assert.Equal((ForwardError.CommandNotSupported, "http://proxy:1"), (e.Error, e.Node));
        Assert.Equal("http://proxy:1 cannot listen for connections.", e.Message);
    }

    [Fact]
    public async Task WithoutAChain_ItIsTheNetworkOfThisMachine()
    {
        INetwork network = new ForwardBuilder().UseNetwork(_network).BuildNetwork();
        await using IListener listener = await network.ListenAsync(Far).OrFail();
        await using IDatagramListener datagrams = await network.ListenDatagramsAsync(Far).OrFail();

        await using IConnection peer = await network.Dialer.DialAsync(Far).OrFail();
        await using IDatagramSocket socket = await network.DatagramDialer.DialAsync(Far).OrFail();
        await socket.SendTextAsync("here");

        Assert.NotNull(await listener.AcceptAsync().OrFail());
        Assert.Equal("here", (await datagrams.ReceiveTextAsync()).Text);
    }

    private async Task<FarEnd> StartAsync()
    {
        var farEnd = new FarEnd(_network);
        await farEnd.StartAsync();
        return farEnd;
    }

    private INetwork Build(FarEnd farEnd) => new ForwardBuilder()
        .UseNetwork(_network).UseTimeProvider(new ManualTimeProvider()).Via(hop => hop.Node(FarEnd.Node, farEnd)).BuildNetwork();
}
