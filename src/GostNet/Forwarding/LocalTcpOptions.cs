namespace GostNet;

/// <summary>The options of a local TCP forward.</summary>
public sealed record LocalTcpOptions : TcpForwardOptions;
