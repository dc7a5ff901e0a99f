using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using GostNet.Tests.Shared;
using GostNet.Transports.Multiplexing;

namespace GostNet.Tests.Transports.Multiplexing;

/// <summary>Frames cost no memory of their own. Alone, because all others share the pool of arrays.</summary>
[CollectionDefinition(nameof(SmuxAllocationTests), DisableParallelization = true)]
[Collection(nameof(SmuxAllocationTests))]
public class SmuxAllocationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Write_ManyFrames_AllocatesNothing(int version)
    {
        FrameSource source = new(version);
        await using FrameCarrier carrier = new(source);
        SmuxSession session = SmuxSession.Start(
            carrier, SmuxRole.Client, new() { Version = version, StreamBuffer = 1024 * 1024 }, TimeProvider.System);
        IConnection stream = await session.OpenStreamAsync().OrFail();
        long allocated = MeasureWrites(stream.Stream, 32); // less than the first window of version 2
        Assert.InRange(allocated, 0, 200);
        session.Abort();
        await session.DisposeAsync().OrFail();
    }

    [Fact]
    public async Task Read_ManyFrames_AllocatesNothing()
    {
        FrameSource source = new(version: 1); // it heeds no window
        await using FrameCarrier carrier = new(source);
        SmuxSession session = SmuxSession.Start(
            carrier, SmuxRole.Client, new() { ReceiveBuffer = 2 * FrameSource.Total }, TimeProvider.System); // so that it never pauses
        IConnection stream = await session.OpenStreamAsync().OrFail();
        source.Begin();
        await ReadAllAsync(stream.Stream).OrFail();

        // Between two reads of the connection the loop takes 600 frames, and would never be quiet if one of them cost anything. A reader
        // that lags makes the stream rent an array for every second read, and now and then the loop lends its thread to somebody else.
        Assert.InRange(source.Quiet, Math.Max(1, source.Measured / 4), source.Measured);
        session.Abort();
        await session.DisposeAsync().OrFail();
    }

    private static async Task ReadAllAsync(Stream stream)
    {
        byte[] buffer = new byte[64 * 1024];
        for (int left = FrameSource.Total; left > 0;)
        {
            left -= await stream.ReadAsync(buffer); // as it is: to make a task of it would cost the one who wakes it
        }
    }

    private static long MeasureWrites(Stream stream, int count)
    {
        byte[] data = new byte[4096];
        stream.Write(data, 0, data.Length); // done at once, by this thread: the connection takes everything
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < count; i++)
        {
            stream.Write(data, 0, data.Length);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>Data of one stream, in many frames, and what the reading loop allocated between two reads of them.</summary>
    private sealed class FrameSource(int version)
    {
        public const int Frames = 80_000;
        public const int Total = Frames * PayloadSize;

        private const int PayloadSize = 100;

        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly byte[] _frame = SmuxPeer.Frame((byte)version, SmuxCommand.Push, 3, new byte[PayloadSize]);
        private int _left = Frames;
        private int _thread;
        private long _allocated;

        /// <summary>How often two reads followed one another on one thread.</summary>
        public int Measured { get; private set; }

        /// <summary>How often nothing was allocated between them.</summary>
        public int Quiet { get; private set; }

        public Task Begun => _begun.Task;

        public void Begin() => _begun.SetResult();

        public int Read(Span<byte> buffer)
        {
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            if (_thread == Environment.CurrentManagedThreadId)
            {
                Measured++;
                Quiet += allocated == _allocated ? 1 : 0;
            }

            int length = 0;
            for (; _left > 0 && length + _frame.Length <= buffer.Length; _left--)
            {
                _frame.CopyTo(buffer[length..]);
                length += _frame.Length;
            }

            _thread = Environment.CurrentManagedThreadId;
            _allocated = GC.GetAllocatedBytesForCurrentThread();
            return length;
        }
    }

    /// <summary>A connection that takes everything and gives what the source has, at once.</summary>
    private sealed class FrameCarrier(FrameSource source) : Stream, IConnection
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Stream Stream => this;

        public EndPoint? LocalEndPoint => null;

        public EndPoint? RemoteEndPoint => null;

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public void Abort() => _ended.TrySetResult();

        public bool TryGetSocket([NotNullWhen(true)] out Socket? socket) => (socket = null) is not null;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (source.Begun.IsCompleted && !buffer.IsEmpty && source.Read(buffer.Span) is > 0 and var count)
            {
                return new(count);
            }

            return WaitAsync(buffer);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.CompletedTask;

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override ValueTask DisposeAsync()
        {
            Abort();
            return base.DisposeAsync();
        }

        private async ValueTask<int> WaitAsync(Memory<byte> buffer)
        {
            await Task.WhenAny(source.Begun, _ended.Task);
            int count = buffer.IsEmpty || _ended.Task.IsCompleted ? 0 : source.Read(buffer.Span);
            if (count > 0 || buffer.IsEmpty)
            {
                return count;
            }

            await _ended.Task;
            return 0;
        }
    }
}
