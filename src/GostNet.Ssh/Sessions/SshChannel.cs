using System.Net;
using System.Threading.Tasks.Sources;
using GostNet.Internal;

namespace GostNet.Ssh.Sessions;

/// <summary>One channel of a connection (RFC 4254, section 5; ssh, section 3).</summary>
/// <remarks>
/// <para>Ending the write direction sends EOF. <see cref="Abort()"/> sends CLOSE at once, without EOF, as disposing in the middle of a
/// write does; disposing otherwise sends EOF and CLOSE. After the peer's EOF or CLOSE a read gives what had come before, then
/// end-of-stream.</para>
/// <para>Two locks are never held at once: this one's own for what arrives, the connection's for what leaves and for what state the
/// channel is in.</para>
/// </remarks>
internal sealed partial class SshChannel : IConnection, ISessionStreamOwner, IValueTaskSource<int>, IValueTaskSource
{
    private readonly SshConnection _connection;
    private readonly SessionStream _stream;
    private StreamFault? _fault;

    /// <summary>Makes a channel that is not open yet.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="number">Our number of it.</param>
    /// <param name="window">What the peer may send at first, in bytes.</param>
    public SshChannel(SshConnection connection, uint number, int window)
    {
        _connection = connection;
        _stream = new(this);
        _window = new(window);
        Number = number;
        InitialWindow = _reservedWindow = window;
    }

    /// <summary>Our number: what the peer calls it.</summary>
    public uint Number { get; }

    /// <summary>What the peer was told that it may send at first.</summary>
    public int InitialWindow { get; }

    public Stream Stream => _stream;

    public EndPoint? LocalEndPoint => _connection.LocalEndPoint;

    public EndPoint? RemoteEndPoint => _connection.RemoteEndPoint;

    /// <summary>Ends both directions, and drops what was not read.</summary>
    public void Close() => End(StreamFault.Disposed, isAbort: false);

    public void Abort() => End(StreamFault.Aborted, isAbort: true);

    /// <summary>As <see cref="Abort()"/>, for a reason that reads and writes will name.</summary>
    public void Abort(StreamFault fault) => End(fault, isAbort: true);

    public ValueTask DisposeAsync()
    {
        _stream.Dispose();
        return ValueTask.CompletedTask;
    }

    int IValueTaskSource<int>.GetResult(short token)
    {
        _readCancellation.Dispose(); // waits for a cancellation that is under way, so that it cannot meet the next read
        _readCancellation = default;
        return _reading.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _reading.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _reading.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.GetResult(short token)
    {
        _writeCancellation.Dispose();
        _writeCancellation = default;
        _writing.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _writing.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _writing.OnCompleted(continuation, state, token, flags);

    private void End(StreamFault fault, bool isAbort)
    {
        CloseReading(fault);
        CloseWriting(fault, isAbort);
    }
}
