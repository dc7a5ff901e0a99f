using System.Net;

namespace GostNet.Testing;

/// <summary>A datagram socket of an in-memory network, connected to one target.</summary>
internal sealed class InMemoryDatagramSocket(InMemoryNetwork network, HostEndPoint target, IPEndPoint localEndPoint) : IDatagramSocket
{
    private readonly InMemoryDatagramQueue _queue = new(network.DatagramQueueLength);

    public EndPoint? LocalEndPoint => localEndPoint;

    public HostEndPoint Target => target;

    public async ValueTask WaitToReceiveAsync(CancellationToken cancellationToken = default) =>
        await _queue.WaitAsync(take: false, cancellationToken).ConfigureAwait(false);

    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (await _queue.WaitAsync(take: true, cancellationToken).ConfigureAwait(false) is not { } datagram)
        {
            return -1;
        }

        if (datagram.Payload.Length > buffer.Length)
        {
            network.CountLostDatagram();
            throw new ForwardException(
                ForwardError.DatagramTooLarge,
                $"A datagram of {datagram.Payload.Length} bytes from {target} does not fit into {buffer.Length}.")
            {
                Target = target,
            };
        }

        datagram.Payload.CopyTo(buffer);
        return datagram.Payload.Length;
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken = default) => InMemoryTask.RunAsync(() =>
    {
        cancellationToken.ThrowIfCancellationRequested();
        _queue.ThrowIfClosed(this);
        InMemoryNetwork.ThrowIfTooLarge(datagram.Length, target);
        _queue.ThrowIfRefused();
        if (network.DatagramListeners.Find(target) is not { } listener)
        {
            // As with UDP, the send itself succeeds, and the ICMP answer is what the next call meets.
            _queue.Refuse(InMemoryNetwork.CreateFailure(target, ForwardError.ConnectionRefused));
        }
        else if (!listener.TryDeliver(new(datagram.ToArray(), localEndPoint)))
        {
            network.CountLostDatagram();
        }
    });

    public bool TryDeliver(InMemoryDatagram datagram) => _queue.TryEnqueue(datagram);

    public ValueTask DisposeAsync()
    {
        if (_queue.Close())
        {
            network.ReleaseDatagramSocket(localEndPoint);
        }

        return ValueTask.CompletedTask;
    }
}
