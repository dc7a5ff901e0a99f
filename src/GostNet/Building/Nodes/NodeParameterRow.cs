namespace GostNet.Building.Nodes;

/// <summary>One parameter that GOST knows.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Kind">What its value has to be.</param>
/// <param name="AppliesTo">Which nodes it means something to.</param>
/// <param name="Guards">Whether ignoring it would weaken security or send traffic elsewhere, so that it is refused where it means
/// nothing.</param>
internal sealed record NodeParameterRow(
    string Key, NodeParameterKind Kind, Func<NodeRole, NodeMode, NodeScheme, bool> AppliesTo, bool Guards = false)
{
    /// <summary>Whether it says how the peer is verified.</summary>
    public bool VerifiesPeer { get; init; }

    /// <summary>Whether it says who may use a server.</summary>
    public bool LogsIn { get; init; }

    /// <summary>A parameter that a transport takes beside those of GOST.</summary>
    public static NodeParameterRow Of(TransportParameter parameter, string word) => new(
        parameter.Key,
        Enum.Parse<NodeParameterKind>(parameter.Kind.ToString()),
        (role, _, scheme) => scheme.Transport == word && (role == NodeRole.Chain ? parameter.OfClient : parameter.OfServer),
        Guards: parameter.Purpose != TransportParameterPurpose.Ordinary)
    {
        VerifiesPeer = parameter.Purpose == TransportParameterPurpose.VerifiesPeer,
        LogsIn = parameter.Purpose == TransportParameterPurpose.LogsIn,
    };
}
