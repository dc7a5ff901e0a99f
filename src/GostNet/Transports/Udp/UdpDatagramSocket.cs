using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace GostNet.Transports.Udp;

/// <summary>A UDP socket that is connected to one peer, so that the system tells of its refusals.</summary>
internal sealed class UdpDatagramSocket(Socket socket, HostEndPoint peer) : IDatagramSocket
{
    public EndPoint? LocalEndPoint => socket.LocalEndPoint;

    // Peeking for no bytes leaves the datagram where it is.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WaitToReceiveAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.Peek, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.MessageSize or SocketError.OperationAborted)
        {
            // Windows' way of saying that there is a datagram; or the socket was closed, which receiving will tell.
        }
        catch (ObjectDisposedException)
        {
            // As above.
        }
        catch (SocketException e)
        {
            throw Failure(e);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            return -1;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.OperationAborted)
        {
            return -1;
        }
        catch (SocketException e)
        {
            throw Failure(e);
        }
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken = default)
    {
        ValueTask<int> sent;
        try
        {
            sent = socket.SendAsync(datagram, SocketFlags.None, cancellationToken);
        }
        catch (ObjectDisposedException e)
        {
            return ValueTask.FromException(new IOException("The socket is closed.", e));
        }

        if (sent.IsCompletedSuccessfully)
        {
            _ = sent.Result;
            return ValueTask.CompletedTask;
        }

        return WaitAsync(sent);
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Stops Windows from failing the receives of an unconnected socket because a peer of it has gone.</summary>
    public static void IgnoreRefusals(Socket socket)
    {
        if (OperatingSystem.IsWindows())
        {
            const int UdpConnectionReset = unchecked((int)0x9800000C); // SIO_UDP_CONNRESET
            socket.IOControl(UdpConnectionReset, [0], null);
        }
    }

    private async ValueTask WaitAsync(ValueTask<int> sent)
    {
        try
        {
            await sent.ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw Failure(e);
        }
        catch (ObjectDisposedException e)
        {
            throw new IOException("The socket is closed.", e);
        }
    }

    private ForwardException Failure(SocketException e)
    {
        // Windows reports ICMP port unreachable as a reset.
        ForwardError error = e.SocketErrorCode is SocketError.ConnectionReset
            ? ForwardError.ConnectionRefused
            : e.SocketErrorCode.ToForwardError();
        return new ForwardException(error, $"UDP {peer}: {e.Message} ({e.SocketErrorCode}).", e)
        {
            Target = peer,
            IsTargetFault = error is not (ForwardError.LocalResources or ForwardError.DatagramTooLarge),
        };
    }
}
