namespace GostNet;

/// <summary>The options of the far end of a tunnel, which has a target of its own: GOST's <c>forward</c>.</summary>
/// <remarks>There is nobody to log in to: who is on the other end is for the transport to say, by certificates.</remarks>
public sealed record TunnelOptions : ProxyOptions;
