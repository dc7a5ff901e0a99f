using System.Runtime.CompilerServices;
using GostNet.Internal;

namespace GostNet.Transports.Tls;

/// <summary>The stream below TLS. Whoever waits for it to be read has left the gate.</summary>
internal sealed class TlsCarrierStream(Stream carrier, TlsGate gate) : LayeredStream
{
    protected override Stream Inner => carrier;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        gate.Leave();
        try
        {
            return await carrier.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            gate.Enter();
        }
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
}
