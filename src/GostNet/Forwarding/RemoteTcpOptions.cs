namespace GostNet;

/// <summary>The options of a remote TCP forward. Its targets are reached from this machine, never through the chain.</summary>
public sealed record RemoteTcpOptions : TcpForwardOptions;
