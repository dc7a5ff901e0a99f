using System.Net;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Forwarding;

/// <summary>A forwarder on real sockets over loopback, with a clock that the test moves.</summary>
internal sealed class LoopbackScene : IAsyncDisposable
{
    private Forwarder? _forwarder;

    public LoopbackScene() => Builder = new ForwardBuilder()
        .UseNetwork(Network).UseTimeProvider(Time).UseLoggerFactory(Log);

    public SocketNetwork Network { get; } = new();

    public ManualTimeProvider Time { get; } = new();

    public RecordingLoggerFactory Log { get; } = new();

    public ForwardBuilder Builder { get; }

    public Forwarder Forwarder => _forwarder ??= Builder.Build();

    public Forward Forward => Forwarder.Forwards[0];

    /// <summary>Where the forward listens.</summary>
    public HostEndPoint Front => (IPEndPoint)Forward.LocalEndPoint!;

    public ValueTask<IListener> ListenAsync() => Network.ListenAsync(new HostEndPoint("127.0.0.1", 0));

    public ValueTask<IDatagramListener> ListenDatagramsAsync(string address = "127.0.0.1") =>
        Network.ListenDatagramsAsync(new HostEndPoint(address, 0));

    public async Task StartTcpAsync(LocalTcpOptions? options, params IEnumerable<EndPoint> targets)
    {
        Builder.LocalTcp(new("127.0.0.1", 0), targets.Select(t => (HostEndPoint)(IPEndPoint)t), options);
        await Forwarder.StartAsync().OrFail();
    }

    public async Task StartUdpAsync(string listen, LocalUdpOptions? options, params IEnumerable<EndPoint> targets)
    {
        Builder.LocalUdp(new(listen, 0), targets.Select(t => (HostEndPoint)(IPEndPoint)t), options);
        await Forwarder.StartAsync().OrFail();
    }

    public ValueTask DisposeAsync() => Forwarder.DisposeAsync();
}
