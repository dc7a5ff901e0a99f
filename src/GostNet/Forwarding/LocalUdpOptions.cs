namespace GostNet;

/// <summary>The options of a local UDP forward.</summary>
public sealed record LocalUdpOptions : UdpForwardOptions;
