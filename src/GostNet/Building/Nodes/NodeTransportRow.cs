namespace GostNet.Building.Nodes;

/// <summary>What one of GOST's words for a transport is made of.</summary>
/// <param name="Client">The side of a node of a chain.</param>
/// <param name="Server">The side of a node to serve.</param>
internal sealed record NodeTransportRow(Func<NodeUrl, NodeFiles, ClientTransport> Client, Func<NodeUrl, NodeFiles, ServerTransport> Server);
