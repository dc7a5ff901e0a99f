using System.Net;

namespace GostNet;

/// <summary>Datagrams to and from one peer. Boundaries are kept: one send is one datagram, and so is one receive.</summary>
/// <remarks>One receive and any number of sends may be in flight at the same time.</remarks>
public interface IDatagramSocket : IAsyncDisposable
{
    /// <summary>The near end, or <see langword="null"/> where the transport has no address to tell.</summary>
    EndPoint? LocalEndPoint { get; }

    /// <summary>Waits until a datagram can be received, without holding a buffer for it.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ForwardException">The peer refuses datagrams (ICMP port unreachable).</exception>
    ValueTask WaitToReceiveAsync(CancellationToken cancellationToken = default);

    /// <summary>Receives one datagram.</summary>
    /// <param name="buffer">Takes the datagram; 65,535 bytes hold any. A datagram that does not fit is an error and is lost.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Its size in bytes, which may be 0, or -1 once the socket is closed.</returns>
    /// <exception cref="ForwardException">The peer refuses datagrams (ICMP port unreachable).</exception>
    ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    /// <summary>Sends one datagram, whole.</summary>
    /// <param name="datagram">Its bytes, at most 65,507 over IPv4; may be empty.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ForwardException">The peer refuses datagrams, or this one is too large to be sent.</exception>
    ValueTask SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken = default);
}
