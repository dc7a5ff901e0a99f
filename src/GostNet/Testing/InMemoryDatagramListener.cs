using System.Net;
using System.Net.Sockets;

namespace GostNet.Testing;

/// <summary>A datagram listener of an in-memory network. Its peers are IPv4 loopback addresses.</summary>
internal sealed class InMemoryDatagramListener(InMemoryAddress address, InMemoryNetwork network) : IDatagramListener
{
    private static readonly IPEndPoint AnyPeer = new(IPAddress.Any, 0);

    private readonly InMemoryDatagramQueue _queue = new(network.DatagramQueueLength);

    public EndPoint LocalEndPoint { get; } = address.ToEndPoint();

    public async ValueTask<int> ReceiveFromAsync(
        Memory<byte> buffer, SocketAddress source, CancellationToken cancellationToken = default)
    {
        while (await _queue.WaitAsync(take: true, cancellationToken).ConfigureAwait(false) is { } datagram)
        {
            if (datagram.Payload.Length > buffer.Length)
            {
                network.CountLostDatagram();
                continue;
            }

            SocketAddress peer = datagram.Source.Serialize();
            peer.Buffer.CopyTo(source.Buffer);
            source.Size = peer.Size;
            datagram.Payload.CopyTo(buffer);
            return datagram.Payload.Length;
        }

        return -1;
    }

    public ValueTask SendToAsync(
        ReadOnlyMemory<byte> datagram, SocketAddress destination, CancellationToken cancellationToken = default) =>
        InMemoryTask.RunAsync(() => Send(datagram, destination, cancellationToken));

    public SocketAddress CreateAddress() => new(AddressFamily.InterNetwork);

    public EndPoint GetEndPoint(SocketAddress address) => AnyPeer.Create(address);

    public SocketAddress GetAddress(IPEndPoint endPoint) => endPoint.AddressFamily == AddressFamily.InterNetwork
        ? endPoint.Serialize()
        : throw new ForwardException(ForwardError.AddressNotSupported, $"Peers in memory have IPv4 addresses, and {endPoint} is none.");

    public bool TryDeliver(InMemoryDatagram datagram) => _queue.TryEnqueue(datagram);

    public ValueTask DisposeAsync()
    {
        if (_queue.Close())
        {
            network.DatagramListeners.Release(address);
        }

        return ValueTask.CompletedTask;
    }

    private void Send(ReadOnlyMemory<byte> datagram, SocketAddress destination, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _queue.ThrowIfClosed(this);
        EndPoint peer = GetEndPoint(destination);
        InMemoryNetwork.ThrowIfTooLarge(datagram.Length, peer);
        if (!network.TryReply(this, peer, new(datagram.ToArray(), LocalEndPoint)))
        {
            network.CountLostDatagram();
        }
    }
}
