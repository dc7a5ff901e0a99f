using Microsoft.Extensions.Logging;

namespace GostNet;

/// <summary>What the layers of a transport stand on.</summary>
/// <param name="Address">The address that a client was told to reach, whatever it dials in its place: the name that the server goes by. Or
/// where a server listens.</param>
/// <param name="Name">What logs call the node or forward.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">The log.</param>
public sealed record LayerContext(HostEndPoint Address, string Name, TimeProvider Time, ILogger Logger);
