namespace GostNet.Examples.Gost;

/// <summary>Forwards, and the chain that they share.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Retries">The attempts of forwards whose node does not say; 0 is the default.</param>
/// <param name="ServeNodes">Node URLs of what to listen on.</param>
/// <param name="ChainNodes">Node URLs of what to go through, in the order of the hops.</param>
internal sealed record RouteConfig(string Name, int Retries, IReadOnlyList<string> ServeNodes, IReadOnlyList<string> ChainNodes);
