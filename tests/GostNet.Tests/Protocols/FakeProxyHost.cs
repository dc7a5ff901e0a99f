using System.Collections.Concurrent;
using System.Net;
using GostNet.Protocols;
using GostNet.Relaying;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols;

/// <summary>A proxy server's forward: dials an in-memory network unless told otherwise, and does with the client what the contract
/// says.</summary>
internal sealed class FakeProxyHost : IProxyHost
{
    private readonly ConcurrentQueue<HostEndPoint> _dials = new();
    private long _bytesFromClient;
    private long _bytesFromTarget;

    public InMemoryNetwork Network { get; } = new();

    /// <summary>What dials, if it is not the in-memory network.</summary>
    public IDialer? Dialer { get; set; }

    public ManualTimeProvider Clock { get; } = new();

    public TimeProvider Time => Clock;

    public IAuthenticator? Authenticator { get; set; }

    /// <summary>What the rules forbid.</summary>
    public HashSet<HostEndPoint> Forbidden { get; } = [];

    /// <summary>What was dialled, in order.</summary>
    public IReadOnlyList<string> Dials => [.. _dials.Select(dial => dial.ToString())];

    /// <summary>What was counted beside the relay.</summary>
    public (long FromClient, long FromTarget) Counted => (Volatile.Read(ref _bytesFromClient), Volatile.Read(ref _bytesFromTarget));

    /// <summary>Serves one client, and closes or aborts it afterwards.</summary>
    public async Task ServeAsync(IProxyServer server, IConnection client, CancellationToken cancellationToken = default)
    {
        try
        {
            await server.ServeAsync(client, this, cancellationToken);
        }
        catch
        {
            client.Abort();
            throw;
        }
        finally
        {
            await client.DisposeAsync();
        }
    }

    public ValueTask<IConnection> DialAsync(HostEndPoint target, CancellationToken cancellationToken)
    {
        _dials.Enqueue(target);
        return Forbidden.Contains(target)
            ? throw new ForwardException(ForwardError.Forbidden, $"The rules forbid {target}.") { Target = target }
            : (Dialer ?? Network.Dialer).DialAsync(target, cancellationToken);
    }

    public async Task RelayAsync(IConnection client, IConnection target, HostEndPoint? name)
    {
        await using (target)
        {
            await new ManagedStreamRelay().RelayAsync(new RelaySession(client, target, Time));
        }
    }

    public void CountBytes(bool fromClient, int size) =>
        Interlocked.Add(ref fromClient ? ref _bytesFromClient : ref _bytesFromTarget, size);

    public ValueTask<IListener> ListenAsync(HostEndPoint endPoint, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<IDatagramListener> ListenDatagramsAsync(HostEndPoint endPoint, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<(IDatagramListener ToClient, IDatagramListener ToTargets)> AssociateAsync(
        HostEndPoint client, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IPEndPoint> ResolveAsync(HostEndPoint target, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task RelayPeerAsync(IConnection peer, IConnection client) => throw new NotSupportedException();

    public void DropDatagram(int size, string reason) => throw new NotSupportedException();
}
