namespace GostNet.Building.Nodes;

/// <summary>What a node URL is given for.</summary>
internal enum NodeRole
{
    /// <summary>Something to listen on: GOST's <c>-L</c>.</summary>
    Serve,

    /// <summary>Something to go through: GOST's <c>-F</c>.</summary>
    Chain,
}
