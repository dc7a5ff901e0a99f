using System.Net;

namespace GostNet;

/// <summary>A place where datagrams of many peers arrive, and from which they are answered.</summary>
/// <remarks>Peers are told apart by their <see cref="SocketAddress"/>, which can be filled and compared without allocating.</remarks>
public interface IDatagramListener : IAsyncDisposable
{
    /// <summary>Where it listens. If port 0 was asked for, this has the port that was given.</summary>
    EndPoint LocalEndPoint { get; }

    /// <summary>Receives the next datagram of any peer.</summary>
    /// <param name="buffer">Takes the datagram; 65,535 bytes hold any.</param>
    /// <param name="source">Takes the sender's address. Make it with <see cref="CreateAddress"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The datagram's size in bytes, which may be 0, or -1 once the listener is closed.</returns>
    /// <exception cref="IOException">Nothing could be received just now; asking again later may succeed. A listener at the far end of a
    /// chain has been lost, and asking again does not help.</exception>
    ValueTask<int> ReceiveFromAsync(Memory<byte> buffer, SocketAddress source, CancellationToken cancellationToken = default);

    /// <summary>Sends one datagram, whole, to a peer.</summary>
    /// <param name="datagram">Its bytes, at most 65,507 over IPv4; may be empty.</param>
    /// <param name="destination">The peer, as <see cref="ReceiveFromAsync"/> told it.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="IOException">The datagram could not be sent.</exception>
    ValueTask SendToAsync(ReadOnlyMemory<byte> datagram, SocketAddress destination, CancellationToken cancellationToken = default);

    /// <summary>Makes an empty address of the size that this listener's peers need.</summary>
    SocketAddress CreateAddress();

    /// <summary>The readable form of a peer's address.</summary>
    /// <param name="address">As <see cref="ReceiveFromAsync"/> told it.</param>
    EndPoint GetEndPoint(SocketAddress address);

    /// <summary>The form of a peer's address that <see cref="SendToAsync"/> takes, for a peer that has not been heard of.</summary>
    /// <param name="endPoint">The peer.</param>
    /// <exception cref="ForwardException">This listener cannot send to such an address: IPv6 from an IPv4 one.</exception>
    SocketAddress GetAddress(IPEndPoint endPoint);
}
