namespace GostNet.Transports;

/// <summary>One end of one layer as it was asked for.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Create">Makes it: an <see cref="IConnectionLayer"/>, or an <see cref="IMultiplexLayer"/>. The second argument is what
/// is right over it, if anything: of HTTP/2, TLS has to tell (RFC 9113, section 3.2).</param>
internal sealed record TransportLayer(TransportLayerKind Kind, Func<TransportGround, TransportLayerKind?, object> Create);
