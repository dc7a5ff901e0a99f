namespace GostNet.Transports.Multiplexing;

/// <summary>The beginning of a frame.</summary>
/// <param name="Version">1 or 2, the same for all frames of a session.</param>
/// <param name="Command">What the frame says.</param>
/// <param name="Length">How many bytes of payload follow.</param>
/// <param name="StreamId">The stream; 0 for <see cref="SmuxCommand.Nop"/>.</param>
internal readonly record struct SmuxHeader(byte Version, SmuxCommand Command, ushort Length, uint StreamId);
