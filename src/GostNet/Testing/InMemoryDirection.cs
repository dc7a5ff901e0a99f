using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace GostNet.Testing;

/// <summary>One direction of an in-memory connection. The pipe holds the bytes; who failed, and how, is kept beside it.</summary>
/// <remarks>Neither end of the pipe is completed with an exception: a pipe throws it before the bytes in front of it were read.</remarks>
internal sealed class InMemoryDirection
{
    public const int DefaultBufferSize = 64 * 1024;

    private readonly InMemoryLink _link;
    private readonly Pipe _pipe;
    private readonly int _threshold;
    private int _unread;
    private SocketError? _endFailure;
    private SocketError? _readFailure;
    private SocketError? _writeFailure;

    public InMemoryDirection(InMemoryLink link, int bufferSize)
    {
        _link = link;
        _threshold = bufferSize == int.MaxValue ? bufferSize : bufferSize + 1;
        _pipe = new(new PipeOptions(pauseWriterThreshold: _threshold, resumeWriterThreshold: _threshold, useSynchronizationContext: false));
    }

    /// <summary>Whether nothing more will be written. Read under the link's lock.</summary>
    public bool HasEnded { get; private set; }

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ValueTask<ReadResult> reading;
        lock (_link.Gate)
        {
            ThrowIf(_readFailure);
            reading = _pipe.Reader.ReadAsync(cancellationToken);
        }

        ReadResult result = await reading.ConfigureAwait(false);
        lock (_link.Gate)
        {
            ThrowIf(_readFailure);
            int count = (int)Math.Min(buffer.Length, result.Buffer.Length);
            result.Buffer.Slice(0, count).CopyTo(buffer.Span);
            _pipe.Reader.AdvanceTo(result.Buffer.GetPosition(count));
            _unread -= count;
            if (result.Buffer.IsEmpty)
            {
                ThrowIf(_endFailure);
            }

            return count;
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        do
        {
            ValueTask<FlushResult> flushing;
            lock (_link.Gate)
            {
                ThrowIf(_writeFailure);
                int count = _link.Spend(Math.Min(data.Length, Math.Max(1, _threshold - _unread)));
                _pipe.Writer.Write(data.Span[..count]);
                _unread += count;
                data = data[count..];
                flushing = _pipe.Writer.FlushAsync(cancellationToken);
                _link.FailIfSpent();
            }

            FlushResult result = await flushing.ConfigureAwait(false);
            if (result.IsCanceled)
            {
                lock (_link.Gate)
                {
                    ThrowIf(_writeFailure);
                }
            }
        }
        while (!data.IsEmpty);
    }

    /// <summary>Ends the direction: the reader gets what is on its way, then end-of-stream or the failure.</summary>
    public void End(SocketError? failure)
    {
        lock (_link.Gate)
        {
            if (!HasEnded)
            {
                HasEnded = true;
                _endFailure = failure;
                FailWrites(failure ?? SocketError.Shutdown);
                _pipe.Writer.Complete();
            }
        }
    }

    /// <summary>Fails reads, those in flight too, whatever is on its way.</summary>
    public void FailReads(SocketError failure)
    {
        lock (_link.Gate)
        {
            _readFailure ??= failure;
            _pipe.Reader.CancelPendingRead();
        }
    }

    /// <summary>Fails writes, those in flight too.</summary>
    public void FailWrites(SocketError failure)
    {
        lock (_link.Gate)
        {
            _writeFailure ??= failure;
            _pipe.Writer.CancelPendingFlush();
        }
    }

    public void ThrowIfBroken()
    {
        lock (_link.Gate)
        {
            ThrowIf(_writeFailure);
        }
    }

    private static void ThrowIf(SocketError? failure)
    {
        if (failure is { } error)
        {
            SocketException reason = new((int)error);
            throw new IOException(reason.Message, reason);
        }
    }
}
