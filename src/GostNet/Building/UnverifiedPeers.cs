namespace GostNet;

/// <summary>What becomes of a node URL that leaves open whether a peer is to be verified.</summary>
/// <remarks>GOST's URLs verify nothing unless they say <c>secure=true</c>. A URL that says neither
/// <c>secure=true</c> nor <c>secure=false</c>, or a server that lets everybody in without saying so, falls under this setting.</remarks>
public enum UnverifiedPeers
{
    /// <summary>The URL is refused, and the error says what to write.</summary>
    Refuse,

    /// <summary>The URL keeps its GOST meaning, and a warning is logged, once for each node.</summary>
    Warn,
}
