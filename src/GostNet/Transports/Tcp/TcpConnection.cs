using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace GostNet.Transports.Tcp;

/// <summary>A connection that is a TCP socket and nothing else.</summary>
internal sealed class TcpConnection(Socket socket, EndPoint? remoteEndPoint) : IConnection
{
    private NetworkStream? _stream;
    private EndPoint? _localEndPoint;
    private int _writesCompleted;

    public Stream Stream => _stream ??= new NetworkStream(socket, ownsSocket: false);

    // Asking the socket costs a system call, and few ask.
    public EndPoint? LocalEndPoint => _localEndPoint ??= socket.LocalEndPoint;

    public EndPoint? RemoteEndPoint { get; } = remoteEndPoint;

    public ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _writesCompleted, 1) == 0)
        {
            try
            {
                socket.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException e)
            {
                return ValueTask.FromException(new IOException(e.Message, e));
            }
            catch (ObjectDisposedException e)
            {
                return ValueTask.FromException(new IOException("The connection is closed.", e));
            }
        }

        return ValueTask.CompletedTask;
    }

    // A timeout of zero makes the system drop what is unsent and answer with an RST.
    public void Abort() => socket.Close(0);

    public bool TryGetSocket([NotNullWhen(true)] out Socket? rawSocket)
    {
        rawSocket = socket;
        return true;
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Sets what every connection of ours has: no delay for small writes, and keep-alive.</summary>
    public static void Configure(Socket socket, SocketNetworkOptions options)
    {
        socket.NoDelay = true;
        if (options.KeepAliveTime != Timeout.InfiniteTimeSpan)
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)options.KeepAliveTime.TotalSeconds);
        }
    }
}
