namespace GostNet.Transports;

/// <summary>One end of one layer as it was asked for.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Create">Makes it: an <see cref="IConnectionLayer"/>, or an <see cref="IMultiplexLayer"/>. The second argument is what
/// is right over it, if anything: of HTTP/2, TLS has to tell (RFC 9113, section 3.2).</param>
internal sealed record TransportLayer(TransportLayerKind Kind, Func<LayerContext, TransportLayerKind?, object> Create)
{
    /// <summary>What messages call it.</summary>
    public string Name { get; init; } = Kind.ToString();

    /// <summary>Whether it carries many connections over one.</summary>
    public bool Multiplexes { get; init; } = Kind is TransportLayerKind.Smux or TransportLayerKind.Http2 or TransportLayerKind.Http2Proxy;

    /// <summary>What it does besides.</summary>
    public TransportTraits Traits { get; init; } = Kind == TransportLayerKind.Tls ? TransportTraits.Encrypts : TransportTraits.None;

    /// <summary>A layer that is not of this library.</summary>
    public static TransportLayer Foreign(string name, Func<LayerContext, object> create, bool multiplexes, TransportTraits traits) =>
        new(TransportLayerKind.Foreign, (context, _) => create(context)) { Name = name, Multiplexes = multiplexes, Traits = traits };
}
