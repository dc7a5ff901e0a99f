namespace GostNet.Transports.Multiplexing;

/// <summary>smux as the top of a transport: <c>mtls</c>, <c>mws</c>, <c>mwss</c>. It has no handshake.</summary>
internal sealed class SmuxLayer(SmuxRole role, SmuxOptions options, TimeProvider time) : IMultiplexLayer
{
    public ValueTask<IMultiplexSession> StartAsync(IConnection carrier, CancellationToken cancellationToken) =>
        new(SmuxSession.Start(carrier, role, options, time));
}
