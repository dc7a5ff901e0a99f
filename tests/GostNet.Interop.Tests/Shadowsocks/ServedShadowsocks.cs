using System.Collections.Concurrent;
using System.Net;
using GostNet.Interop.Tests.Peers;
using GostNet.Protocols;
using GostNet.Protocols.Shadowsocks;
using GostNet.Relaying;
using GostNet.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace GostNet.Interop.Tests.Shadowsocks;

/// <summary>A Shadowsocks server of ours for connections and datagrams at one port.</summary>
internal sealed class ServedShadowsocks : IProxyHost, IDatagramRelayOwner, IAsyncDisposable
{
    private readonly SocketNetwork _network = new();
    private readonly ShadowsocksKey _key;
    private readonly ShadowsocksReplayFilter _filter = new();
    private readonly IListener _listener;
    private readonly DatagramRelay _relay;
    private readonly ShadowsocksDatagramListener _datagrams;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentBag<Task> _running = [];

    private ServedShadowsocks(string method, IListener listener, IDatagramListener port)
    {
        _key = ShadowsocksKey.Create(method, ShadowsocksLibev.Password);
        _listener = listener;
        _datagrams = new(port, _key, _filter, DropDatagram);
        _relay = new(
            _datagrams, this, new() { IdleTimeout = TimeSpan.FromSeconds(60), MaxFlows = 64, Backlog = 64, QueueLength = 128 }, Time);
        _running.Add(AcceptAsync());
        _running.Add(_relay.RunAsync());
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint).Port;

    public IAuthenticator? Authenticator => null;

    public TimeProvider Time => TimeProvider.System;

    public static async Task<ServedShadowsocks> StartAsync(string method)
    {
        SocketNetwork network = new();
        while (true)
        {
            IListener listener = await network.ListenAsync(new("127.0.0.1", 0));
            try
            {
                int port = ((IPEndPoint)listener.LocalEndPoint).Port;
                return new(method, listener, await network.ListenDatagramsAsync(new("127.0.0.1", port)));
            }
            catch (IOException)
            {
                await listener.DisposeAsync(); // somebody has this port for datagrams
            }
        }
    }

    public ValueTask<IConnection> DialAsync(HostEndPoint target, CancellationToken cancellationToken) =>
        _network.Dialer.DialAsync(target, cancellationToken);

    public async ValueTask<IPEndPoint> ResolveAsync(HostEndPoint target, CancellationToken cancellationToken) =>
        new((await _network.ResolveAsync(target, cancellationToken))[0], target.Port);

    public async Task RelayAsync(IConnection client, IConnection target, HostEndPoint? name)
    {
        await using (target)
        {
            await new ManagedStreamRelay().RelayAsync(new RelaySession(client, target, Time));
        }
    }

    public async ValueTask<IDatagramUpstream> OpenAsync(DatagramFlow flow, CancellationToken cancellationToken) => new Upstream(
        new ShadowsocksTargetSocket(await _network.ListenDatagramsAsync(new("127.0.0.1", 0), cancellationToken), this));

    public void CountBytes(bool fromClient, int size)
    {
    }

    public void DropDatagram(int size, string reason)
    {
    }

    public void FlowOpened(DatagramFlow flow)
    {
    }

    public void FlowClosed(DatagramFlow flow, ConnectionEnd reason, Exception? error)
    {
    }

    public void DatagramDropped(int size, string reason)
    {
    }

    public ValueTask<IListener> ListenAsync(HostEndPoint endPoint, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IDatagramListener> ListenDatagramsAsync(HostEndPoint endPoint, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<(IDatagramListener ToClient, IDatagramListener ToTargets)> AssociateAsync(
        HostEndPoint client, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task RelayPeerAsync(IConnection peer, IConnection client) => throw new NotSupportedException();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _listener.DisposeAsync();
        await _datagrams.DisposeAsync();
        await Task.WhenAll(_running).OrFail();
        await _relay.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        ShadowsocksServer server = new(_key, _filter, TimeSpan.FromSeconds(10), NullLogger.Instance);
        while (await _listener.AcceptAsync() is { } client)
        {
            _running.Add(ServeAsync(server, client));
        }
    }

    private async Task ServeAsync(ShadowsocksServer server, IConnection client)
    {
        await using (client)
        {
            try
            {
                await server.ServeAsync(client, this, _stopping.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The test sees it from the client's side.
            }
        }
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
