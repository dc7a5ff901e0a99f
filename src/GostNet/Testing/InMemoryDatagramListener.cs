using System.Net;
using System.Net.Sockets;

namespace GostNet.Testing;

/// <summary>A datagram listener of an in-memory network. Its peers are IPv4 and IPv6 addresses.</summary>
internal sealed class InMemoryDatagramListener(InMemoryAddress address, InMemoryNetwork network) : IDatagramListener
{
    private static readonly IPEndPoint AnyPeer = new(IPAddress.Any, 0);
    private static readonly IPEndPoint AnyIPv6Peer = new(IPAddress.IPv6Any, 0);

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

            Write(datagram.Source, source);
            datagram.Payload.CopyTo(buffer);
            return datagram.Payload.Length;
        }

        return -1;
    }

    public ValueTask SendToAsync(
        ReadOnlyMemory<byte> datagram, SocketAddress destination, CancellationToken cancellationToken = default) =>
        InMemoryTask.RunAsync(() => Send(datagram, destination, cancellationToken));

    public SocketAddress CreateAddress() => new(AddressFamily.InterNetworkV6); // the larger one

    public EndPoint GetEndPoint(SocketAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return (address.Family == AddressFamily.InterNetworkV6 ? AnyIPv6Peer : AnyPeer).Create(address);
    }

    public SocketAddress GetAddress(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        SocketAddress address = CreateAddress();
        Write(endPoint.Address.IsIPv4MappedToIPv6 ? new(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint, address);
        return address;
    }

    public bool TryDeliver(InMemoryDatagram datagram) => _queue.TryEnqueue(datagram);

    public ValueTask DisposeAsync()
    {
        if (_queue.Close())
        {
            network.DatagramListeners.Release(address);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Addresses are compared with all the bytes that they have room for.</summary>
    private static void Write(IPEndPoint endPoint, SocketAddress address)
    {
        SocketAddress written = endPoint.Serialize();
        address.Buffer.Span.Clear();
        written.Buffer.CopyTo(address.Buffer);
        address.Size = written.Size;
    }

    private void Send(ReadOnlyMemory<byte> datagram, SocketAddress destination, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _queue.ThrowIfClosed(this);
        IPEndPoint peer = (IPEndPoint)GetEndPoint(destination);
        InMemoryNetwork.ThrowIfTooLarge(datagram.Length, peer);
        if (!network.TrySend(this, address, peer, datagram.ToArray()))
        {
            network.CountLostDatagram();
        }
    }
}
