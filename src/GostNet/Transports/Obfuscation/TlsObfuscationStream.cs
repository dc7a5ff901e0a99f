using System.Buffers;
using System.Runtime.CompilerServices;
using GostNet.Internal;
using GostNet.Internal.Tls;

namespace GostNet.Transports.Obfuscation;

/// <summary>The stream of either side: data in records, behind a greeting.</summary>
internal abstract class TlsObfuscationStream : ObfuscationStream
{
    // Four whole records: what the relay writes at once.
    private const int MaxBatch = 4 * (TlsRecord.HeaderLength + TlsRecord.MaxLength);

    private readonly TlsRecordDecoder _records;
    private readonly TimeProvider _time;
    private ReadOnlyMemory<byte> _received;
    private long _greetingBegan;

    /// <summary>Makes one side's stream.</summary>
    /// <param name="carrier">The connection below.</param>
    /// <param name="first">What the peer sends first.</param>
    /// <param name="received">Payload that came with the peer's greeting.</param>
    /// <param name="time">The clock.</param>
    protected TlsObfuscationStream(IConnection carrier, TlsRecordPhase first, ReadOnlyMemory<byte> received, TimeProvider time)
        : base(carrier)
    {
        _records = new(first);
        _received = received.IsEmpty ? default : received; // holds no array for nothing
        _time = time;
    }

    public sealed override bool IsTransparent => false;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_received.IsEmpty)
        {
            // Whether what is there to be read is data shows once there is a buffer.
            return buffer.IsEmpty ? Carrier.ReadAsync(buffer, cancellationToken) : ReadDataAsync(buffer, cancellationToken);
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        int count = Math.Min(buffer.Length, _received.Length);
        _received.Span[..count].CopyTo(buffer.Span);
        _received = count == _received.Length ? default : _received[count..];
        return new(count);
    }

    protected abstract int MaxGreetingLength { get; }

    /// <summary>Writes the greeting with as much of the payload as goes with it.</summary>
    /// <returns>The length of the greeting, and how much of the payload is in it.</returns>
    protected abstract (int Length, int Taken) WriteGreeting(Span<byte> destination, ReadOnlySpan<byte> payload);

    protected override async ValueTask GreetAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(MaxGreetingLength + Math.Min(payload.Length, TlsRecord.MaxLength));
        int taken;
        try
        {
            (int length, taken) = WriteGreeting(buffer, payload.Span);
            await Carrier.WriteAsync(buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (taken < payload.Length)
        {
            await SendAsync(payload[taken..], cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sends whole records, for GOST: it loses its place where a read ends within the header of one.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    protected override async ValueTask SendAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (payload.IsEmpty)
        {
            return; // GOST crashes at an empty record
        }

        int records = ((payload.Length - 1) / TlsRecord.MaxLength) + 1;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Min(MaxBatch, payload.Length + (records * TlsRecord.HeaderLength)));
        try
        {
            while (!payload.IsEmpty)
            {
                int length = 0;
                while (!payload.IsEmpty && length < MaxBatch)
                {
                    int count = Math.Min(payload.Length, TlsRecord.MaxLength);
                    length += TlsObfuscationCodec.WriteRecord(buffer.AsSpan(length), TlsRecord.ApplicationData, payload.Span[..count]);
                    payload = payload[count..];
                }

                await Carrier.WriteAsync(buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadDataAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (_records.Fault is null)
        {
            int read = _records.IsWithinGreeting
                ? await ReadGreetingAsync(buffer, cancellationToken).ConfigureAwait(false)
                : await Carrier.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return !_records.IsWithinRecord
                    ? 0
                    : throw new ForwardException(ForwardError.ConnectionClosed, "The peer closed the connection within a record.");
            }

            bool wasWithinGreeting = _records.IsWithinGreeting;
            int count = _records.Decode(buffer.Span[..read]);
            if (count > 0)
            {
                return count;
            }

            if (!wasWithinGreeting && _records.IsWithinGreeting)
            {
                _greetingBegan = _time.GetTimestamp();
            }
        }

        throw new ForwardException(ForwardError.ProtocolError, $"The peer sent {_records.Fault}.");
    }

    private ValueTask<int> ReadGreetingAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        TimeSpan left = GreetingTimeout - _time.GetElapsedTime(_greetingBegan);
        return Deadline.RunAsync(
            left > TimeSpan.Zero ? left : TimeSpan.Zero,
            _time,
            (Carrier, Buffer: buffer),
            static (state, token) => state.Carrier.ReadAsync(state.Buffer, token),
            static _ => "The server did not complete its greeting",
            cancellationToken);
    }
}
