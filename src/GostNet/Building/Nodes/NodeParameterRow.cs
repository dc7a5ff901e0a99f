namespace GostNet.Building.Nodes;

/// <summary>One parameter that GOST knows.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Kind">What its value has to be.</param>
/// <param name="AppliesTo">Which nodes it means something to.</param>
/// <param name="Guards">Whether ignoring it would weaken security or send traffic elsewhere, so that it is refused where it means
/// nothing.</param>
internal sealed record NodeParameterRow(
    string Key, NodeParameterKind Kind, Func<NodeRole, NodeMode, NodeScheme, bool> AppliesTo, bool Guards = false);
