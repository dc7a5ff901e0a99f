namespace GostNet;

/// <summary>A parameter of a node URL that a <see cref="TransportScheme"/> takes.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Kind">What its value has to be; others are refused.</param>
public sealed record TransportParameter(string Key, TransportParameterKind Kind)
{
    /// <summary>Whether a node of a chain takes it.</summary>
    /// <value><see langword="true"/> by default.</value>
    public bool OfClient { get; init; } = true;

    /// <summary>Whether a node to serve takes it.</summary>
    /// <value><see langword="true"/> by default.</value>
    public bool OfServer { get; init; } = true;

    /// <summary>What hangs on it.</summary>
    /// <value><see cref="TransportParameterPurpose.Ordinary"/> by default.</value>
    public TransportParameterPurpose Purpose { get; init; }
}
