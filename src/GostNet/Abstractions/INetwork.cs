using System.Net;
using GostNet.Internal;

namespace GostNet;

/// <summary>The ground that forwards stand on: where they listen, and how they reach the next machine.</summary>
/// <remarks>The operating system's sockets by default; <see cref="Testing.InMemoryNetwork"/> in tests. The far end of a chain is one, too
/// (<see cref="ForwardBuilder.BuildNetwork"/>): what is dialled or listened for with that, is so at the chain's last node.</remarks>
public interface INetwork
{
    /// <summary>Opens connections from here to other machines.</summary>
    IDialer Dialer { get; }

    /// <summary>Opens datagram sockets from here to other machines.</summary>
    IDatagramDialer DatagramDialer { get; }

    /// <summary>Begins to accept connections.</summary>
    /// <param name="endPoint">Where. An empty host is every interface, IPv4 and IPv6; port 0 lets the system choose; a name is
    /// resolved once.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The address cannot be had; the message says which and why.</exception>
    ValueTask<IListener> ListenAsync(HostEndPoint endPoint, CancellationToken cancellationToken = default);

    /// <summary>Begins to receive datagrams.</summary>
    /// <param name="endPoint">Where, as for <see cref="ListenAsync"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The address cannot be had; the message says which and why.</exception>
    ValueTask<IDatagramListener> ListenDatagramsAsync(HostEndPoint endPoint, CancellationToken cancellationToken = default);

    /// <summary>Finds the addresses of a host, for what can only be sent to an address: the datagrams of a proxy server's clients, and what
    /// a SOCKS4 proxy is asked for.</summary>
    /// <remarks>The operating system's resolver is asked, unless a network does it otherwise.</remarks>
    /// <param name="endPoint">The host. An address is its own; an empty host is this machine.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The addresses in the order of preference, at least one.</returns>
    /// <exception cref="ForwardException"><see cref="ForwardError.NameNotResolved"/>: there is none.</exception>
    ValueTask<IPAddress[]> ResolveAsync(HostEndPoint endPoint, CancellationToken cancellationToken = default) =>
        NameResolver.System.ResolveAsync(endPoint, cancellationToken);
}
