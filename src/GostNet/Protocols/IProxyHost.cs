namespace GostNet.Protocols;

/// <summary>What a proxy server asks of the forward that it works for, on behalf of one client. The forward's rules are applied here, and
/// its chain is behind it.</summary>
internal interface IProxyHost : IDatagramHost
{
    /// <summary>Decides who may use the server; <see langword="null"/> lets everybody in.</summary>
    IAuthenticator? Authenticator { get; }

    /// <summary>Reaches a target: CONNECT.</summary>
    /// <exception cref="ForwardException"><see cref="ForwardError.Forbidden"/> if the rules forbid it, else why it was not
    /// reached.</exception>
    ValueTask<IConnection> DialAsync(HostEndPoint target, CancellationToken cancellationToken);

    /// <summary>Listens for connections: BIND.</summary>
    /// <param name="endPoint">Where. An empty host is every interface, which a SOCKS client writes as 0.0.0.0 or ::.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ForwardException"><see cref="ForwardError.Forbidden"/> if the rules forbid it, else why it cannot be
    /// had.</exception>
    ValueTask<IListener> ListenAsync(HostEndPoint endPoint, CancellationToken cancellationToken);

    /// <summary>Opens a port from which datagrams go to anywhere, and to which they come from anywhere: a UDP tunnel.</summary>
    /// <param name="endPoint">Where, as for <see cref="ListenAsync"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ForwardException"><see cref="ForwardError.Forbidden"/> if the rules forbid it, else why it cannot be
    /// had.</exception>
    ValueTask<IDatagramListener> ListenDatagramsAsync(HostEndPoint endPoint, CancellationToken cancellationToken);

    /// <summary>Opens the two ports of a UDP association: one on this machine that the client sends to, and one to the targets.</summary>
    /// <param name="client">Where the client's port is to be.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ForwardException"><see cref="ForwardError.Forbidden"/> if the rules forbid it, else why it cannot be
    /// had.</exception>
    ValueTask<(IDatagramListener ToClient, IDatagramListener ToTargets)> AssociateAsync(
        HostEndPoint client, CancellationToken cancellationToken);

    /// <summary>Relays between the client and what it asked for until both have ended, and disposes of the latter.</summary>
    /// <param name="client">The client, perhaps with a layer of the protocol's around it.</param>
    /// <param name="target">The other side, which the host owns from now on.</param>
    /// <param name="name">What it is called; <see langword="null"/> if it has a remote end point to be called by.</param>
    Task RelayAsync(IConnection client, IConnection target, HostEndPoint? name);

    /// <summary>Relays between somebody who connected to a port that the client listens on, and the client. Both belong to the host from
    /// now on. It may be called any number of times, and is not to be waited for before the next peer is accepted. It does not fail: how
    /// the relay ended is the host's to tell.</summary>
    Task RelayPeerAsync(IConnection peer, IConnection client);
}
