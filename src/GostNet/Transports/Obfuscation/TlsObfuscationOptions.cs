namespace GostNet;

/// <summary>The options of <c>otls</c>, a transport that looks like TLS and hides nothing.</summary>
public sealed record TlsObfuscationOptions
{
    /// <summary>The server name that the greeting bears.</summary>
    /// <value><see langword="null"/> by default: the host of the node's address. GOST puts the port behind it, which no TLS client
    /// does.</value>
    public string? Host { get; set; }
}
