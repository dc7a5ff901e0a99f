using GostNet.Internal;

namespace GostNet.Protocols.Socks;

/// <summary>mbind: one port, any number of peers, each of which is a connection of a multiplexing session over the client's (socks,
/// section 7).</summary>
internal sealed class Socks5ServerMuxBind(Socks5ServerClient client, Func<IConnection, IMultiplexSession> multiplex)
{
    private readonly RunningCount _relays = new(); // and the bind itself, until nobody is accepted any more

    public async Task RunAsync(Socks5Request request, Socks5SharedPorts ports, CancellationToken cancellationToken)
    {
        IListener listener = await Socks5ServerBind.ListenAsync(client, request, ports, cancellationToken).ConfigureAwait(false);
        IMultiplexSession session;
        await using (listener.ConfigureAwait(false))
        {
            await client.ReplyBoundAsync(listener.LocalEndPoint, cancellationToken).ConfigureAwait(false);
            await client.HoldBackAsync(shown: null, cancellationToken).ConfigureAwait(false);
            session = multiplex(client.Connection);
            try
            {
                await Jobs.RunUntilFirstEndsAsync(
                    cancellationToken,
                    token => AcceptPeersAsync(listener, session, token),
                    token => RefuseClientAsync(session, token)).ConfigureAwait(false);
            }
            finally
            {
                await listener.DisposeAsync().ConfigureAwait(false); // lets the port go before peers are seen off
                if (!session.Completion.IsCompleted || cancellationToken.IsCancellationRequested)
                {
                    await session.DisposeAsync().ConfigureAwait(false);
                }

                // What a client sent before it closed the session is still to be delivered; then its streams end by themselves.
                _relays.Leave();
                await _relays.Drained.ConfigureAwait(false);
                await session.DisposeAsync().ConfigureAwait(false);
            }
        }

        if (session.Failure is { } error)
        {
            throw client.Exchange.Failure(ForwardError.ConnectionClosed, $"broke its session: {error.Message}", error);
        }
    }

    private async Task AcceptPeersAsync(IListener listener, IMultiplexSession session, CancellationToken cancellationToken)
    {
        var acceptor = new PeerAcceptor(listener, client.Host.Time);
        while (await acceptor.AcceptAsync(cancellationToken).ConfigureAwait(false) is { } peer)
        {
            _relays.Enter();
            IConnection? stream = await OpenAsync(session, peer, cancellationToken).ConfigureAwait(false);
            if (stream is not null)
            {
                _ = RelayAsync(peer, stream); // is waited for by its place in the count
            }
        }
    }

    /// <summary>Opens the peer's connection to the client. If that cannot be, the peer is sent off.</summary>
    private async ValueTask<IConnection?> OpenAsync(IMultiplexSession session, IConnection peer, CancellationToken cancellationToken)
    {
        try
        {
            return await session.OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            peer.Abort();
            await peer.DisposeAsync().ConfigureAwait(false);
            _relays.Leave();
            if (e is not IOException)
            {
                throw;
            }

            return null; // the session is full, or has ended, which is noticed elsewhere
        }
    }

    private async Task RelayAsync(IConnection peer, IConnection stream)
    {
        try
        {
            await client.Host.RelayPeerAsync(peer, stream).ConfigureAwait(false);
        }
        finally
        {
            _relays.Leave();
        }
    }

    /// <summary>A client opens no connections of its own. GOST closes those that come, until the session has ended.</summary>
    private static async Task RefuseClientAsync(IMultiplexSession session, CancellationToken cancellationToken)
    {
        while (await session.AcceptAsync(cancellationToken).ConfigureAwait(false) is { } stream)
        {
            stream.Abort();
            await stream.DisposeAsync().ConfigureAwait(false);
        }

        await session.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
