using System.Net.Sockets;
using System.Threading.Tasks.Sources;

namespace GostNet.Relaying;

/// <summary>Reads a socket, and tells of a failure without an exception: many a client ends with a reset, and an exception costs more than
/// all else about a short connection.</summary>
/// <remarks>One read at a time. Nothing is allocated for a read.</remarks>
/// <param name="socket">The socket, which stays its owner's.</param>
internal sealed class SocketReader(Socket socket) : SocketAsyncEventArgs(true), IValueTaskSource<int>
{
    /// <summary>What <see cref="ReadAsync"/> gives instead of a count if it fails, for the reason of
    /// <see cref="SocketAsyncEventArgs.SocketError"/>.</summary>
    public const int Failed = -1;

    private ManualResetValueTaskSourceCore<int> _reading;

    private int Result => SocketError == SocketError.Success ? BytesTransferred : Failed;

    /// <summary>Reads what is there, or waits for it; a read of no bytes waits too.</summary>
    /// <returns>How many bytes, 0 at the end of the stream; or <see cref="Failed"/>.</returns>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        _reading.Reset();
        SetBuffer(buffer);
        return socket.ReceiveAsync(this) ? new(this, _reading.Version) : new(Result);
    }

    protected override void OnCompleted(SocketAsyncEventArgs e) => _reading.SetResult(Result);

    int IValueTaskSource<int>.GetResult(short token) => _reading.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _reading.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _reading.OnCompleted(continuation, state, token, flags);
}
