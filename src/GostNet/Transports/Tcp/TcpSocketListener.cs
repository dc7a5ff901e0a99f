using System.Net;
using System.Net.Sockets;

namespace GostNet.Transports.Tcp;

/// <summary>A listening TCP socket.</summary>
internal sealed class TcpSocketListener : IListener
{
    private readonly Socket _socket;
    private readonly SocketNetworkOptions _options;
    private volatile bool _closed;
    private bool _lowOnDescriptors;

    /// <summary>Begins to listen on a bound socket, and owns it from then on.</summary>
    public TcpSocketListener(Socket socket, SocketNetworkOptions options)
    {
        _socket = socket;
        _options = options;
        if (OperatingSystem.IsLinux())
        {
            // Accepted sockets inherit these here, which saves three system calls for each.
            TcpConnection.Configure(socket, options);
        }

        socket.Listen(options.Backlog);
        LocalEndPoint = socket.LocalEndPoint!;
    }

    public EndPoint LocalEndPoint { get; }

    public async ValueTask<IConnection?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                if (_lowOnDescriptors)
                {
                    using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                    _lowOnDescriptors = DescriptorHeadroom.IsTooLowToAccept(probe);
                    if (_lowOnDescriptors)
                    {
                        throw new SocketException((int)SocketError.TooManyOpenSockets);
                    }
                }

                Socket accepted = await _socket.AcceptAsync(cancellationToken).ConfigureAwait(false);
                _lowOnDescriptors = DescriptorHeadroom.IsTooLowToAccept(accepted);
                if (!OperatingSystem.IsLinux())
                {
                    TcpConnection.Configure(accepted, _options);
                }

                return new TcpConnection(accepted, accepted.RemoteEndPoint);
            }
            catch (Exception e) when (_closed && e is SocketException or ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
            {
                // It died in the backlog; the next one need not.
            }
            catch (SocketException e)
            {
                throw new ForwardException(
                    e.SocketErrorCode.ToForwardError(), $"Cannot accept on {LocalEndPoint}: {e.Message} ({e.SocketErrorCode}).", e);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _closed = true;
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
