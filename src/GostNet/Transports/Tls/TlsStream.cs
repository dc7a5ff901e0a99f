using System.Net.Security;
using System.Runtime.CompilerServices;

namespace GostNet.Transports.Tls;

/// <summary>A TLS stream whose write direction can be ended while it is read from.</summary>
/// <remarks><see cref="SslStream"/> promises that one read and one write may go on at once. It promises nothing about a read and
/// <see cref="SslStream.ShutdownAsync"/>, which work on the same state of the TLS library below. Here a reader has the gate while it works
/// on a record, and leaves it while it waits for one (<see cref="TlsCarrierStream"/>).</remarks>
internal sealed class TlsStream : SslStream
{
    private readonly TlsGate _gate;
    private int _writes;

    private TlsStream(Stream carrier, TlsGate gate)
        : base(new TlsCarrierStream(carrier, gate), leaveInnerStreamOpen: true) => _gate = gate;

    /// <summary>Whether a write is under way.</summary>
    public bool IsWriting => Volatile.Read(ref _writes) > 0;

    /// <summary>Makes a stream that leaves the one below open.</summary>
    public static TlsStream Create(Stream carrier) => new(carrier, new TlsGate());

    /// <summary>Does the handshake of a client.</summary>
    public Task HandshakeAsync(SslClientAuthenticationOptions options, CancellationToken cancellationToken) =>
        HandshakeAsync(() => AuthenticateAsClientAsync(options, cancellationToken));

    /// <summary>Does the handshake of a server.</summary>
    public Task HandshakeAsync(SslServerAuthenticationOptions options, CancellationToken cancellationToken) =>
        HandshakeAsync(() => AuthenticateAsServerAsync(options, cancellationToken));

    /// <summary>Sends close_notify (RFC 8446, section 6.1).</summary>
    public override Task ShutdownAsync()
    {
        _gate.Enter();
        try
        {
            return base.ShutdownAsync();
        }
        finally
        {
            _gate.Leave();
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _gate.Enter();
        ValueTask<int> reading;
        try
        {
            reading = base.ReadAsync(buffer, cancellationToken);
        }
        catch
        {
            _gate.Leave();
            throw;
        }

        if (!reading.IsCompleted)
        {
            return WaitAsync(reading); // the carrier has left, and enters again before it completes
        }

        _gate.Leave();
        return reading;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        _gate.Enter();
        try
        {
            return base.Read(buffer, offset, count);
        }
        finally
        {
            _gate.Leave();
        }
    }

    public override int ReadByte()
    {
        byte[] one = new byte[1];
        return Read(one, 0, 1) == 0 ? -1 : one[0];
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _writes);
        try
        {
            ValueTask writing = base.WriteAsync(buffer, cancellationToken);
            if (!writing.IsCompletedSuccessfully)
            {
                return WaitAsync(writing);
            }

            writing.GetAwaiter().GetResult();
        }
        catch
        {
            Interlocked.Decrement(ref _writes);
            throw;
        }

        Interlocked.Decrement(ref _writes);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    private async Task HandshakeAsync(Func<Task> authenticate)
    {
        _gate.Enter(); // for the carrier to leave
        try
        {
            await authenticate().ConfigureAwait(false);
        }
        finally
        {
            _gate.Leave();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> WaitAsync(ValueTask<int> reading)
    {
        try
        {
            return await reading.ConfigureAwait(false);
        }
        finally
        {
            _gate.Leave();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WaitAsync(ValueTask writing)
    {
        try
        {
            await writing.ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _writes);
        }
    }
}
