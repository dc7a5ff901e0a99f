using System.Net;
using System.Net.Sockets;

namespace GostNet.Testing;

/// <summary>One end of a connection that needs no network: what is written to one end is read from the other.</summary>
/// <remarks>
/// <para>It behaves as a TCP connection does. Each direction holds a bounded number of unread bytes; a write that exceeds it waits for the
/// reader. Reading into an empty buffer waits until there is something to read.</para>
/// <para>Disposing an end ends its write direction in order, if that has not happened yet; what the peer writes from then on fails as
/// after a reset. Failures are an <see cref="IOException"/> with a <see cref="SocketException"/> inside, as those of a
/// <see cref="NetworkStream"/>: <see cref="SocketError.ConnectionReset"/> where the peer is gone.</para>
/// <code>
/// (InMemoryConnection client, InMemoryConnection server) = InMemoryConnection.CreatePair();
/// await client.Stream.WriteAsync("hello"u8.ToArray());
/// await client.CompleteWritesAsync();                      // the server reads "hello", then end-of-stream
/// server.Abort();                                          // the client's reads fail with ConnectionReset
/// </code>
/// </remarks>
public sealed class InMemoryConnection : IConnection
{
    private readonly InMemoryLink _link;
    private readonly InMemoryDirection _incoming;
    private readonly InMemoryDirection _outgoing;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _writesCompleted;
    private bool _isAborted;
    private bool _isDisposed;

    private InMemoryConnection(InMemoryLink link, InMemoryDirection incoming, InMemoryDirection outgoing, EndPoint? local, EndPoint? remote)
    {
        _link = link;
        _incoming = incoming;
        _outgoing = outgoing;
        LocalEndPoint = local;
        RemoteEndPoint = remote;
        Stream = new InMemoryStream(this);
    }

    /// <inheritdoc/>
    public Stream Stream { get; }

    /// <inheritdoc/>
    public EndPoint? LocalEndPoint { get; }

    /// <inheritdoc/>
    public EndPoint? RemoteEndPoint { get; }

    /// <summary>Whether this end called <see cref="CompleteWritesAsync"/>.</summary>
    public bool WritesCompleted => Volatile.Read(ref _writesCompleted);

    /// <summary>Whether this end called <see cref="Abort"/> before it was disposed.</summary>
    public bool IsAborted => Volatile.Read(ref _isAborted);

    /// <summary>Whether this end was disposed.</summary>
    public bool IsDisposed => Volatile.Read(ref _isDisposed);

    /// <summary>Completes once this end was aborted or disposed.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Makes the two ends of a connection.</summary>
    /// <param name="nearEndPoint">The first end's own address; the second end sees it as its peer's.</param>
    /// <param name="farEndPoint">The second end's own address; the first end sees it as its peer's.</param>
    /// <param name="bufferSize">How many unread bytes each direction holds before a write waits. 64 KiB by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">The buffer size is not positive.</exception>
    public static (InMemoryConnection Near, InMemoryConnection Far) CreatePair(
        EndPoint? nearEndPoint = null, EndPoint? farEndPoint = null, int bufferSize = InMemoryDirection.DefaultBufferSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bufferSize);
        InMemoryLink link = new(bufferSize);
        return (new(link, link.Back, link.Forth, nearEndPoint, farEndPoint), new(link, link.Forth, link.Back, farEndPoint, nearEndPoint));
    }

    /// <inheritdoc/>
    public ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default) => InMemoryTask.RunAsync(() =>
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_link.Gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_writesCompleted)
            {
                _outgoing.ThrowIfBroken();
                _outgoing.End(failure: null);
                Volatile.Write(ref _writesCompleted, true);
            }
        }
    });

    /// <inheritdoc/>
    /// <remarks>Once both directions have ended there is nothing left to reset, and the peer still reads what is on its way.</remarks>
    public void Abort()
    {
        lock (_link.Gate)
        {
            if (_isDisposed || _isAborted)
            {
                return;
            }

            Volatile.Write(ref _isAborted, true);
            if (!_outgoing.HasEnded || !_incoming.HasEnded)
            {
                _outgoing.FailReads(SocketError.ConnectionReset);
            }

            _outgoing.FailWrites(SocketError.ConnectionAborted);
            _incoming.FailReads(SocketError.ConnectionAborted);
            _incoming.FailWrites(SocketError.ConnectionReset);
        }

        _closed.TrySetResult();
    }

    /// <summary>Resets the connection, as a failing network does, once that many more bytes were written, both ways together.</summary>
    /// <remarks>Those bytes can still be read; then reads fail at both ends, and writes do at once. A direction that had ended before
    /// ends in order.</remarks>
    /// <param name="bytes">0 resets it now.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public void FailAfter(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        _link.FailAfter(bytes);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    internal ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return _incoming.ReadAsync(buffer, cancellationToken);
    }

    internal ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return _outgoing.WriteAsync(data, cancellationToken);
    }

    internal void Close()
    {
        lock (_link.Gate)
        {
            if (_isDisposed)
            {
                return;
            }

            Volatile.Write(ref _isDisposed, true);
            _outgoing.FailWrites(SocketError.OperationAborted);
            _outgoing.End(failure: null);
            _incoming.FailReads(SocketError.OperationAborted);
            _incoming.FailWrites(SocketError.ConnectionReset);
        }

        _closed.TrySetResult();
    }
}
