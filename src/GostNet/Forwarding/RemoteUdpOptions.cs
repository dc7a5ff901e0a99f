namespace GostNet;

/// <summary>The options of a remote UDP forward. Its targets are reached from this machine, never through the chain.</summary>
public sealed record RemoteUdpOptions : UdpForwardOptions;
