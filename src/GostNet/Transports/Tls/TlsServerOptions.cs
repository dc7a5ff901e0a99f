namespace GostNet;

/// <summary>Placeholder.</summary>
public sealed record TlsServerOptions;
