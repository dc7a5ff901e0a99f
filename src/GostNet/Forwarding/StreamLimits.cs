namespace GostNet.Forwarding;

/// <summary>The limits of a forward that relays byte streams.</summary>
/// <param name="MaxConnections">How many connections there may be at a time.</param>
/// <param name="IdleTimeout">How long one may be without a byte in either direction.</param>
/// <param name="HalfOpenTimeout">How long one that one side has ended may be without a byte from the other.</param>
internal sealed record StreamLimits(int MaxConnections, TimeSpan IdleTimeout, TimeSpan HalfOpenTimeout);
