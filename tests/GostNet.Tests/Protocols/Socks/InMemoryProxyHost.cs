using System.Net;
using System.Threading.Channels;
using GostNet.Protocols;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols.Socks;

/// <summary>A host that does on an in-memory network what a server asks of it, and keeps what it was told.</summary>
internal sealed class InMemoryProxyHost(InMemoryNetwork network) : IProxyHost
{
    private readonly Channel<bool> _counted = Channel.CreateUnbounded<bool>();
    private readonly Channel<(int Size, string Reason)> _drops = Channel.CreateUnbounded<(int, string)>();
    private long _fromClient;
    private long _toClient;
    private int _relays;

    public IAuthenticator? Authenticator { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What may be neither dialled nor listened on nor sent to.</summary>
    public Func<HostEndPoint, bool> IsForbidden { get; init; } = _ => false;

    /// <summary>Hears of every place that is listened at before it is, and may throw.</summary>
    public Action<HostEndPoint> BeforeListening { get; init; } = _ => { };

    /// <summary>Comes in the place of the network's way of resolving.</summary>
    public Func<HostEndPoint, CancellationToken, ValueTask<IPEndPoint>>? Resolving { get; init; }

    public List<HostEndPoint> Listened { get; } = [];

    public long BytesFromClient => Volatile.Read(ref _fromClient);

    public long BytesToClient => Volatile.Read(ref _toClient);

    /// <summary>How many relays run.</summary>
    public int Relays => Volatile.Read(ref _relays);

    public async ValueTask<IConnection> DialAsync(HostEndPoint target, CancellationToken cancellationToken)
    {
        ThrowIfForbidden(target);
        return await network.Dialer.DialAsync(target, cancellationToken);
    }

    public async ValueTask<IListener> ListenAsync(HostEndPoint endPoint, CancellationToken cancellationToken)
    {
        Check(endPoint);
        BeforeListening(endPoint);
        return await network.ListenAsync(endPoint, cancellationToken);
    }

    public async ValueTask<IDatagramListener> ListenDatagramsAsync(HostEndPoint endPoint, CancellationToken cancellationToken)
    {
        Check(endPoint);
        return await network.ListenDatagramsAsync(endPoint, cancellationToken);
    }

    public async ValueTask<(IDatagramListener ToClient, IDatagramListener ToTargets)> AssociateAsync(
        HostEndPoint client, CancellationToken cancellationToken)
    {
        Check(client);
        IDatagramListener toClient = await network.ListenDatagramsAsync(client, cancellationToken);
        return (toClient, await network.ListenDatagramsAsync(new("", 0), cancellationToken));
    }

    public async ValueTask<IPEndPoint> ResolveAsync(HostEndPoint target, CancellationToken cancellationToken)
    {
        ThrowIfForbidden(target);
        return Resolving is not null
            ? await Resolving(target, cancellationToken)
            : new IPEndPoint(network.Resolve(target.Host), target.Port);
    }

    public async Task RelayAsync(IConnection client, IConnection target, HostEndPoint? name)
    {
        Interlocked.Increment(ref _relays);
        try
        {
            await Task.WhenAll(CopyAsync(client, target), CopyAsync(target, client));
        }
        catch (IOException)
        {
            client.Abort();
        }
        finally
        {
            await target.DisposeAsync();
            Interlocked.Decrement(ref _relays);
        }
    }

    public async Task RelayPeerAsync(IConnection peer, IConnection client)
    {
        await RelayAsync(client, peer, null);
        await client.DisposeAsync();
    }

    public void CountBytes(bool fromClient, int size)
    {
        Interlocked.Add(ref fromClient ? ref _fromClient : ref _toClient, size);
        _counted.Writer.TryWrite(fromClient);
    }

    /// <summary>
    /// Waits for so many bytes to have been counted: a datagram is counted once it is sent, so that its receiver may be ahead.
    /// </summary>
    public async Task CountedAsync(long fromClient, long toClient)
    {
        while ((BytesFromClient, BytesToClient) != (fromClient, toClient))
        {
            await _counted.Reader.ReadAsync().OrFail();
        }
    }

    public void DropDatagram(int size, string reason) => _drops.Writer.TryWrite((size, reason));

    /// <summary>Waits for the next datagram to be dropped.</summary>
    public Task<(int Size, string Reason)> DropAsync() => _drops.Reader.ReadAsync().OrFail();

    /// <summary>Whether a datagram was dropped that <see cref="DropAsync"/> has not told of.</summary>
    public bool HasDropped => _drops.Reader.TryPeek(out _);

    private static async Task CopyAsync(IConnection from, IConnection to)
    {
        try
        {
            await from.Stream.CopyToAsync(to.Stream);
            await to.CompleteWritesAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            from.Abort();
            to.Abort();
            throw new IOException("The relay broke.", e);
        }
    }

    private void Check(HostEndPoint endPoint)
    {
        ThrowIfForbidden(endPoint);
        lock (Listened)
        {
            Listened.Add(endPoint);
        }
    }

    private void ThrowIfForbidden(HostEndPoint endPoint)
    {
        if (IsForbidden(endPoint))
        {
            throw new ForwardException(ForwardError.Forbidden, $"{endPoint} is forbidden.");
        }
    }
}
