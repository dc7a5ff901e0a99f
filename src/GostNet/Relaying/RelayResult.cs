namespace GostNet.Relaying;

/// <summary>How a relay ended.</summary>
/// <param name="End">The reason.</param>
/// <param name="Error">The failure behind it.</param>
internal readonly record struct RelayResult(ConnectionEnd End, Exception? Error = null);
