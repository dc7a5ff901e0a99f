using System.Runtime.CompilerServices;
using GostNet.Internal;

namespace GostNet.Transports.Tls;

/// <summary>The stream below TLS. Whoever waits for it to be read has left the gate.</summary>
internal sealed class TlsCarrierStream(Stream carrier, TlsGate gate) : LayeredStream
{
    protected override Stream Inner => carrier;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        gate.Leave();
        ValueTask<int> reading;
        try
        {
            reading = carrier.ReadAsync(buffer, cancellationToken);
        }
        catch
        {
            gate.Enter();
            throw;
        }

        if (!reading.IsCompleted)
        {
            return WaitAsync(reading);
        }

        gate.Enter();
        return reading;
    }

    public override int Read(Span<byte> buffer)
    {
        gate.Leave();
        try
        {
            return carrier.Read(buffer);
        }
        finally
        {
            gate.Enter();
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
            gate.Enter();
        }
    }
}
