using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace GostNet.Protocols.Socks;

/// <summary>Datagrams over a connection, as GOST's UDP tunnel frames them (socks, section 8.2).</summary>
/// <remarks>
/// <para>One reads and any number write. What is written while a write is under way goes with the next one, so frames never interleave and
/// cost less the busier the tunnel is. What cannot be sent is refused alone: no datagram ends the tunnel.</para>
/// <para>While nothing moves it holds no buffer.</para>
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "DisposeAsync disposes of the connection")]
internal sealed class Socks5Tunnel(Socks5Answer answer, bool largeDatagrams) : IAsyncDisposable
{
    /// <summary>The largest datagram that every version of GOST passes on whole. It cuts larger ones, and 2.12 dies of the largest.</summary>
    public const int MaxCommonDatagram = 8192;

    /// <summary>The largest datagram that UDP over IPv4 carries.</summary>
    public const int MaxDatagram = 65_507;

    private const int ReadSize = 16 * 1024;

    /// <summary>How many bytes wait to be written before senders do. A frame larger than that goes alone.</summary>
    private const int MaxPending = 64 * 1024;

    /// <summary>How many writes a sender's thread makes in one go.</summary>
    private const int FairShare = 8;

    private readonly IConnection _connection = answer.Connection;

    // Read side: the bytes from _start to _end are here and not yet used.
    private byte[] _input = [];
    private int _start;
    private int _end;

    // Write side.
    private readonly Lock _gate = new();
    private byte[] _pending = [];
    private int _pendingCount;
    private bool _flushing;
    private Task _flush = Task.CompletedTask;
    private TaskCompletionSource? _room;
    private Exception? _fault;
    private bool _disposed;

    /// <summary>Waits until there is something to read. It need not be a whole frame.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        if (_start != _end || IsClosed)
        {
            return;
        }

        ReleaseInput();
        try
        {
            await _connection.Stream.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Reading will tell.
        }
    }

    /// <summary>Reads the next frame.</summary>
    /// <returns>Its address, from ATYP to port, and its datagram, good until the next read; <see langword="null"/> once the tunnel was
    /// disposed of.</returns>
    /// <exception cref="ForwardException">The node ended the tunnel, or sent what is no frame. What came of a frame is dropped.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<(ReadOnlyMemory<byte> Address, ReadOnlyMemory<byte> Datagram)?> ReadAsync(CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            (_start, _end) = (0, 0); // the frame that was read last is done with
        }

        while (!IsClosed)
        {
            OperationStatus status = Socks5DatagramCodec.ReadFrame(_input.AsSpan(_start.._end), out int addressLength, out int length);
            if (status == OperationStatus.Done)
            {
                ReadOnlyMemory<byte> frame = _input.AsMemory(_start, length);
                _start += length;
                int datagramStart = Socks5DatagramCodec.PrefixLength + addressLength;
                return (frame[Socks5DatagramCodec.PrefixLength..datagramStart], frame[datagramStart..]);
            }

            if (status != OperationStatus.NeedMoreData)
            {
                // Where the next frame begins cannot be known.
                byte[] head = _input[_start..Math.Min(_end, _start + 8)];
                _connection.Abort();
                throw answer.Exchange.Malformed(head, "a frame of the tunnel");
            }

            MakeRoom(length);
            int count;
            try
            {
                count = await _connection.Stream.ReadAsync(_input.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                if (IsClosed)
                {
                    break;
                }

                throw answer.Exchange.Failure(
                    ForwardError.ConnectionClosed, $"broke the tunnel: {(_fault ?? e).Message.TrimEnd('.')}", innerException: e);
            }

            if (count == 0 && !IsClosed)
            {
                throw answer.Exchange.Failure(ForwardError.ConnectionClosed, "ended the tunnel");
            }

            _end += count;
        }

        return null;
    }

    /// <summary>Sends a datagram. It is on its way, or waits for others, when this returns.</summary>
    /// <param name="address">Where to, or whom to answer: from ATYP to port.</param>
    /// <param name="datagram">The datagram; it is copied.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public ValueTask SendAsync(ReadOnlySpan<byte> address, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken)
    {
        if (Check(datagram.Length) is { } refusal)
        {
            return ValueTask.FromException(refusal);
        }

        return TrySend(address, datagram.Span, out Task? room)
            ? ValueTask.CompletedTask
            : room is null ? ValueTask.FromException(Broken()) : WaitAndSendAsync(room, address.ToArray(), datagram, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Task flush;
        bool isStuck;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            isStuck = _flushing;
            flush = _flush;
            _room?.TrySetResult();
        }

        if (isStuck)
        {
            _connection.Abort();
        }

        await _connection.DisposeAsync().ConfigureAwait(false);
        await flush.ConfigureAwait(false);
    }

    private bool IsClosed => Volatile.Read(ref _disposed);

    private ForwardException? Check(int size)
    {
        int limit = largeDatagrams ? MaxDatagram : MaxCommonDatagram;
        return size == 0
            ? answer.Exchange.Failure(
                ForwardError.DatagramNotCarried, "was not sent an empty datagram: GOST takes its frame for the end of all others")
            : size > limit
                ? answer.Exchange.Failure(ForwardError.DatagramTooLarge, string.Create(
                    CultureInfo.InvariantCulture, $"was not sent a datagram of {size} bytes, because the tunnel carries {limit} at most"))
                : null;
    }

    private IOException Broken()
    {
        lock (_gate)
        {
            return _disposed
                ? new IOException("The tunnel is closed.")
                : answer.Exchange.Failure(ForwardError.ConnectionClosed, "broke the tunnel", innerException: _fault);
        }
    }

    /// <summary>Puts a frame behind those that wait, and sees to it that they are written.</summary>
    /// <param name="address">The address.</param>
    /// <param name="datagram">The datagram.</param>
    /// <param name="room">If there is no room now, completes when it is worth another try.</param>
    private bool TrySend(ReadOnlySpan<byte> address, ReadOnlySpan<byte> datagram, out Task? room)
    {
        room = null;
        int length = Socks5DatagramCodec.PrefixLength + address.Length + datagram.Length;
        lock (_gate)
        {
            if (_disposed || _fault is not null)
            {
                return false;
            }

            if (_pendingCount > 0 && _pendingCount + length > MaxPending)
            {
                _room ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                room = _room.Task;
                return false;
            }

            if (_pending.Length < _pendingCount + length)
            {
                byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_pendingCount + length, 2 * _pendingCount));
                _pending.AsSpan(0, _pendingCount).CopyTo(larger);
                Return(_pending);
                _pending = larger;
            }

            Span<byte> frame = _pending.AsSpan(_pendingCount, length);
            BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)datagram.Length);
            frame[2] = 0;
            address.CopyTo(frame[Socks5DatagramCodec.PrefixLength..]);
            datagram.CopyTo(frame[(Socks5DatagramCodec.PrefixLength + address.Length)..]);
            _pendingCount += length;
            if (_flushing)
            {
                return true;
            }

            _flushing = true;
        }

        Task flush = FlushAsync();
        if (!flush.IsCompleted)
        {
            lock (_gate)
            {
                _flush = flush;
            }
        }

        return true;
    }

    private async ValueTask WaitAndSendAsync(
        Task? room, byte[] address, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken)
    {
        while (room is not null)
        {
            await room.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (TrySend(address, datagram.Span, out room))
            {
                return;
            }
        }

        throw Broken();
    }

    /// <summary>Writes what waits until nothing does. It does not throw.</summary>
    private async Task FlushAsync()
    {
        for (int i = 1; ; i++)
        {
            if (i % FairShare == 0)
            {
                // It began on a sender's thread, which is not to write for the others for ever.
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            }

            byte[] buffer;
            int count;
            lock (_gate)
            {
                if (_pendingCount == 0 || _disposed)
                {
                    _flushing = false;
                    return;
                }

                (buffer, count) = (_pending, _pendingCount);
                (_pending, _pendingCount) = ([], 0);
                _room?.TrySetResult();
                _room = null;
            }

            try
            {
                // Never cancelled: a part of a frame would make rubbish of all that follow.
                await _connection.Stream.WriteAsync(buffer.AsMemory(0, count), CancellationToken.None).ConfigureAwait(false);
                await _connection.Stream.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
            {
                lock (_gate)
                {
                    _fault = e;
                    _flushing = false;
                    _room?.TrySetResult();
                }

                _connection.Abort(); // the reader will tell
                return;
            }
            finally
            {
                Return(buffer);
            }
        }
    }

    private void ReleaseInput()
    {
        Return(_input);
        (_input, _start, _end) = ([], 0, 0);
    }

    /// <summary>Makes room for a frame of this length, of which a part may be here.</summary>
    private void MakeRoom(int length)
    {
        if (_start + length > _input.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(length, ReadSize));
            _input.AsSpan(_start.._end).CopyTo(larger);
            Return(_input);
            _input = larger;
            (_start, _end) = (0, _end - _start);
        }
    }

    private static void Return(byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
