using System.Collections.Immutable;
namespace GostNet.Transports;

/// <summary>The layers of one end of a transport as they were asked for, the lowest first.</summary>
internal sealed record TransportStack(ImmutableArray<TransportLayer> Layers)
{
    /// <summary>Plain TCP.</summary>
    public static TransportStack Tcp { get; } = new([]);

    /// <summary>GOST's word for it, or the layers if it has none.</summary>
    public string Scheme => Layers.Select(l => l.Kind).ToArray() switch
    {
        [] => "tcp",
        [TransportLayerKind.Tls] => "tls",
        [TransportLayerKind.Tls, TransportLayerKind.Smux] => "mtls",
        [TransportLayerKind.WebSocket] => "ws",
        [TransportLayerKind.WebSocket, TransportLayerKind.Smux] => "mws",
        [TransportLayerKind.Tls, TransportLayerKind.WebSocket] => "wss",
        [TransportLayerKind.Tls, TransportLayerKind.WebSocket, TransportLayerKind.Smux] => "mwss",
        [TransportLayerKind.Http2] => "h2c",
        [TransportLayerKind.Tls, TransportLayerKind.Http2] => "h2",
        [.., TransportLayerKind.Http2Proxy] => "http2",
        [TransportLayerKind.HttpObfuscation] => "ohttp",
        [TransportLayerKind.TlsObfuscation] => "otls",
        _ => string.Join('-', Layers.Select(l => l.Name)).ToLowerInvariant(),
    };

    /// <summary>Whether the top layer carries many connections over one.</summary>
    public bool Multiplexes => Layers is [.., { Multiplexes: true }];

    /// <summary>Whether what travels is encrypted.</summary>
    public bool Encrypts => Has(TransportTraits.Encrypts);

    /// <summary>Whether clients have to log in to the server of one of the layers.</summary>
    public bool Authenticates => Has(TransportTraits.Authenticates);

    /// <summary>Whether the top layer has words of its own for what is to be reached.</summary>
    public bool Forwards => Has(TransportTraits.Forwards);

    /// <summary>Puts a layer on top.</summary>
    /// <exception cref="InvalidOperationException">The layer on top carries many connections, and can have none over it.</exception>
    public TransportStack Push(TransportLayer layer) => Multiplexes
        ? throw new InvalidOperationException($"{Layers[^1].Name} carries many connections over one; no layer can be put over it.")
        : new(Layers.Add(layer));

    /// <summary>Makes the layers.</summary>
    /// <exception cref="ArgumentException">The options of one cannot be used.</exception>
    public TransportLayers Create(LayerContext context)
    {
        var layers = new List<IConnectionLayer>();
        IMultiplexLayer? multiplexing = null;
        for (int i = 0; i < Layers.Length; i++)
        {
            TransportLayerKind? above = i + 1 < Layers.Length ? Layers[i + 1].Kind : null;
            switch (Layers[i].Create(context, above))
            {
                case IConnectionLayer layer:
                    layers.Add(layer);
                    break;
                case IMultiplexLayer layer:
                    multiplexing = layer;
                    break;
            }
        }

        return new TransportLayers([.. layers], multiplexing);
    }

    private bool Has(TransportTraits trait) => Layers.Any(l => l.Traits.HasFlag(trait));
}
