namespace GostNet;

/// <summary>What the server side of HTTP/2 takes for a tunnel.</summary>
public sealed record Http2ServerOptions
{
    /// <summary>The path that a client has to ask for, with any method; others are answered with 400.</summary>
    /// <value><see langword="null"/> by default: the method has to be CONNECT; others are answered with 405. GOST knows it from 2.12
    /// on.</value>
    public string? Path { get; set; }
}
