using System.Net;
using GostNet.Internal;

namespace GostNet.Protocols.Forward;

/// <summary>A port that is listened on for a client, which gets a connection of its own for everybody who connects (ssh,
/// section 4).</summary>
/// <remarks>The port is released once the client wants it no more, or is gone. Who had connected by then goes on, also if the client has
/// yet to answer: it may have done so already.</remarks>
internal sealed class ForwardedPort(IListenRequest request, IProxyHost host)
{
    /// <summary>How many peers wait for their connection to the client, of each listener; further ones wait to be accepted.</summary>
    internal const int MaxPendingPeers = 128;

    /// <summary>How often another free port is tried, if the one that the system chose is taken at another of the addresses.</summary>
    private const int MaxPortAttempts = 4;

    private readonly List<IListener> _listeners = [];
    private readonly RunningCount _opening = new(); // peers that have no connection yet, and this until nobody is accepted any more

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            request.Confirm(await ListenAsync(cancellationToken).ConfigureAwait(false));
            await Jobs.RunUntilFirstEndsAsync(
                cancellationToken,
                [
                    WaitForEndAsync,
                    .. _listeners.Select<IListener, Func<CancellationToken, Task>>(
                        listener => token => AcceptPeersAsync(listener, token, cancellationToken)),
                ]).ConfigureAwait(false);
        }
        finally
        {
            await CloseAsync().ConfigureAwait(false);
            await request.DisposeAsync().ConfigureAwait(false); // the client may wait to hear of it, and the last peers for the client
            _opening.Leave();
            await _opening.Drained.ConfigureAwait(false);
        }
    }

    /// <summary>Listens wherever that can be had.</summary>
    /// <returns>The port, which is the same everywhere.</returns>
    private async ValueTask<int> ListenAsync(CancellationToken cancellationToken)
    {
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                if (await TryListenAsync(isLast: attempt == MaxPortAttempts, cancellationToken).ConfigureAwait(false) is { } port)
                {
                    return port;
                }

                await CloseAsync().ConfigureAwait(false);
            }
        }
        catch (IOException e)
        {
            ForwardError reason = (e as ForwardException)?.Error ?? ForwardError.LocalResources;
            request.Refuse(reason);
            throw e as ForwardException ?? new ForwardException(reason, e.Message, e);
        }
    }

    /// <returns>The port, or <see langword="null"/> if another one may be free everywhere.</returns>
    private async ValueTask<int?> TryListenAsync(bool isLast, CancellationToken cancellationToken)
    {
        int? port = null;
        IOException? failure = null;
        foreach (HostEndPoint endPoint in request.EndPoints)
        {
            try
            {
                HostEndPoint place = port is { } chosen ? new(endPoint.Host, chosen) : endPoint;
                IListener listener = await host.ListenAsync(place, cancellationToken).ConfigureAwait(false);
                _listeners.Add(listener);
                port ??= PortOf(listener.LocalEndPoint);
            }
            catch (IOException e) when (endPoint.Port == 0 && port is not null && !isLast && MayBeTaken(e))
            {
                return null;
            }
            catch (IOException e)
            {
                failure ??= e; // one address is enough: this machine need not have them all
            }
        }

        return port ?? throw failure ?? new IOException("There is nowhere to listen.");
    }

    /// <summary>Whether the port may be what is missing. That an address is missing or not to be had has a name.</summary>
    private static bool MayBeTaken(IOException e) => e is not ForwardException { Error: not ForwardError.Unknown };

    private static int PortOf(EndPoint endPoint) => endPoint switch
    {
        IPEndPoint address => address.Port,
        HostEndPoint name => name.Port,
        _ => 0,
    };

    private async Task WaitForEndAsync(CancellationToken cancellationToken)
    {
        byte[] nothing = new byte[1];
        while (await request.Stream.ReadAsync(nothing, cancellationToken).ConfigureAwait(false) > 0)
        {
        }
    }

    private async Task AcceptPeersAsync(IListener listener, CancellationToken cancellationToken, CancellationToken stopOpening)
    {
        var acceptor = new PeerAcceptor(listener, host.Time);
        var places = new SemaphoreSlim(MaxPendingPeers); // without a wait handle there is nothing to dispose
        while (true)
        {
            await places.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (await acceptor.AcceptAsync(cancellationToken).ConfigureAwait(false) is not { } peer)
            {
                throw new IOException($"The port at {listener.LocalEndPoint} was closed.");
            }

            _opening.Enter();
            _ = ServePeerAsync(peer, places, stopOpening); // is waited for by its place in the count
        }
    }

    /// <summary>Opens a peer's connection to the client, and leaves the two to each other. If that cannot be, the peer is sent off. It does
    /// not throw.</summary>
    private async Task ServePeerAsync(IConnection peer, SemaphoreSlim places, CancellationToken cancellationToken)
    {
        IConnection? toClient = null;
        try
        {
            toClient = await request.OpenAsync(peer.RemoteEndPoint, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            await peer.DropAsync().ConfigureAwait(false); // the client does not want it, or there are too many, or all of it ends
        }
        finally
        {
            places.Release();
            _opening.Leave();
        }

        if (toClient is not null)
        {
            await host.RelayPeerAsync(peer, toClient).ConfigureAwait(false);
        }
    }

    private async ValueTask CloseAsync()
    {
        foreach (IListener listener in _listeners)
        {
            await listener.DisposeAsync().ConfigureAwait(false);
        }

        _listeners.Clear();
    }
}
