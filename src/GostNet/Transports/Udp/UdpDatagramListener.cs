using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace GostNet.Transports.Udp;

/// <summary>A bound UDP socket that many peers talk to.</summary>
internal sealed class UdpDatagramListener : IDatagramListener
{
    private readonly Socket _socket;
    private readonly IPEndPoint _family;
    private volatile bool _closed;

    /// <summary>Takes over a bound socket.</summary>
    public UdpDatagramListener(Socket socket)
    {
        _socket = socket;
        LocalEndPoint = socket.LocalEndPoint!;
        _family = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        UdpDatagramSocket.IgnoreRefusals(socket);
    }

    public EndPoint LocalEndPoint { get; }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReceiveFromAsync(
        Memory<byte> buffer, SocketAddress source, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                return await _socket.ReceiveFromAsync(buffer, SocketFlags.None, source, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (_closed && e is SocketException or ObjectDisposedException)
            {
                return -1;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionRefused)
            {
                // An answer of ours reached a peer that has gone. Whose it was is not said, and its flow ends by its idle time.
            }
            catch (SocketException e)
            {
                throw new ForwardException(
                    e.SocketErrorCode.ToForwardError(), $"Cannot receive on {LocalEndPoint}: {e.Message} ({e.SocketErrorCode}).", e);
            }
        }
    }

    public ValueTask SendToAsync(ReadOnlyMemory<byte> datagram, SocketAddress destination, CancellationToken cancellationToken = default)
    {
        ValueTask<int> sent;
        try
        {
            sent = _socket.SendToAsync(datagram, SocketFlags.None, destination, cancellationToken);
        }
        catch (ObjectDisposedException e)
        {
            return ValueTask.FromException(new IOException("The listener is closed.", e));
        }

        if (sent.IsCompletedSuccessfully)
        {
            _ = sent.Result;
            return ValueTask.CompletedTask;
        }

        return WaitAsync(sent);
    }

    public SocketAddress CreateAddress() => _family.Serialize();

    public EndPoint GetEndPoint(SocketAddress address)
    {
        var endPoint = (IPEndPoint)_family.Create(address);
        return endPoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint;
    }

    public SocketAddress GetAddress(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        if (endPoint.AddressFamily == _family.AddressFamily)
        {
            return endPoint.Serialize();
        }

        return _family.AddressFamily == AddressFamily.InterNetworkV6 && endPoint.AddressFamily == AddressFamily.InterNetwork
            ? new IPEndPoint(endPoint.Address.MapToIPv6(), endPoint.Port).Serialize()
            : throw new ForwardException(ForwardError.AddressNotSupported, $"{LocalEndPoint} is IPv4, and cannot send to {endPoint}.");
    }

    public ValueTask DisposeAsync()
    {
        _closed = true;
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask WaitAsync(ValueTask<int> sent)
    {
        try
        {
            await sent.ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw new ForwardException(e.SocketErrorCode.ToForwardError(), $"Cannot send from {LocalEndPoint}: {e.Message}", e);
        }
        catch (ObjectDisposedException e)
        {
            throw new IOException("The listener is closed.", e);
        }
    }
}
