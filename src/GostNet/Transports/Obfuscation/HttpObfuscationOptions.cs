namespace GostNet;

/// <summary>The options of <c>ohttp</c>, a transport that begins like a WebSocket and then carries the bytes as they are.</summary>
public sealed record HttpObfuscationOptions
{
    /// <summary>The <c>Host</c> field of the request, with a port if it shall have one.</summary>
    /// <value><see langword="null"/> by default, as in GOST: host and port of the node's address.</value>
    public string? Host { get; set; }

    /// <summary>The <c>User-Agent</c> field of the request.</summary>
    /// <value>By default what GOST 2.8.1 sends.</value>
    public string UserAgent { get; set; } = Transports.Obfuscation.HttpObfuscationCodec.DefaultUserAgent;
}
