using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using GostNet.Protocols.Shadowsocks;
using GostNet.Relaying;
using GostNet.Testing;
using GostNet.Tests.Protocols.Socks;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols.Shadowsocks;

/// <summary>A Shadowsocks server for datagrams, put together as a forward has to: its port under the cipher, and a flow for each client
/// with a port of its own to the targets.</summary>
internal sealed class ShadowsocksDatagramScene : IDatagramRelayOwner, IAsyncDisposable
{
    private readonly Channel<(int Size, string Reason)> _drops = Channel.CreateUnbounded<(int, string)>();
    private readonly ConcurrentQueue<ConnectionEnd> _ends = new();
    private readonly Channel<ConnectionEnd> _closed = Channel.CreateUnbounded<ConnectionEnd>();
    private ShadowsocksDatagramListener _port = null!;
    private DatagramRelay _relay = null!;
    private Task _running = Task.CompletedTask;
    private int _opened;

    public InMemoryNetwork Network { get; }

    public ManualTimeProvider Time { get; } = new();

    public ShadowsocksReplayFilter Filter { get; } = new();

    public required ShadowsocksKey Key { get; init; }

    public required InMemoryProxyHost Host { get; init; }

    public int Opened => Volatile.Read(ref _opened);

    public IReadOnlyCollection<ConnectionEnd> Ends => _ends;

    /// <summary>Where the server is.</summary>
    public static HostEndPoint Server => new("192.0.2.99", 8338);

    public static async Task<ShadowsocksDatagramScene> StartAsync(
        string method, Func<HostEndPoint, bool>? isForbidden = null, int maxFlows = 16)
    {
        InMemoryNetwork network = new();
        ShadowsocksDatagramScene scene = new(network)
        {
            Key = ShadowsocksWire.Key(method),
            Host = new(network) { IsForbidden = isForbidden ?? (_ => false) },
        };
        scene._port = new(await network.ListenDatagramsAsync(Server), scene.Key, scene.Filter, (size, reason) => scene.DatagramDropped(size, reason));
        scene._relay = new(
            scene._port,
            scene,
            new() { IdleTimeout = TimeSpan.FromSeconds(60), MaxFlows = maxFlows, Backlog = 16, QueueLength = 128 },
            scene.Time);
        scene._running = scene._relay.RunAsync();
        return scene;
    }

    private ShadowsocksDatagramScene(InMemoryNetwork network) => Network = network;

    /// <summary>A client's own port.</summary>
    public async Task<(IDatagramListener Port, SocketAddress ToServer)> OpenClientAsync(string host = "192.0.2.50")
    {
        IDatagramListener port = await Network.ListenDatagramsAsync(new(host, 0));
        return (port, port.GetAddress(new(IPAddress.Parse(Server.Host), Server.Port)));
    }

    public async ValueTask<IDatagramUpstream> OpenAsync(DatagramFlow flow, CancellationToken cancellationToken) => new Upstream(
        new ShadowsocksTargetSocket(await Network.ListenDatagramsAsync(new("192.0.2.99", 0), cancellationToken), Host));

    public void FlowOpened(DatagramFlow flow) => Interlocked.Increment(ref _opened);

    public void FlowClosed(DatagramFlow flow, ConnectionEnd reason, Exception? error)
    {
        _ends.Enqueue(reason);
        _closed.Writer.TryWrite(reason);
    }

    public void DatagramDropped(int size, string reason) => _drops.Writer.TryWrite((size, reason));

    /// <summary>Waits for the next datagram to be dropped before it came to a flow.</summary>
    public Task<(int Size, string Reason)> DropAsync() => _drops.Reader.ReadAsync().OrFail();

    public Task<ConnectionEnd> ClosedAsync() => _closed.Reader.ReadAsync().OrFail();

    public async ValueTask DisposeAsync()
    {
        await _port.DisposeAsync();
        await _running.OrFail();
        await _relay.DisposeAsync().OrFail();
    }

    private sealed class Upstream(IDatagramSocket socket) : IDatagramUpstream
    {
        public IDatagramSocket Socket => socket;

        public void Succeed()
        {
        }

        public void Fail()
        {
        }

        public ValueTask DisposeAsync() => socket.DisposeAsync();
    }
}
