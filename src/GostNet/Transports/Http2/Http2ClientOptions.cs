namespace GostNet;

/// <summary>What the client side of HTTP/2 tells its server when it opens a tunnel.</summary>
public sealed record Http2ClientOptions
{
    /// <summary>The name that the server is called by, for one that serves several: the <c>:authority</c> of the request.</summary>
    /// <value><see langword="null"/> by default: the server's address, with its port. It never changes the name in TLS.</value>
    public string? Host { get; set; }

    /// <summary>The path to ask for with GET, for servers that stand behind one of a web site.</summary>
    /// <value><see langword="null"/> by default: the request is CONNECT, which has none. GOST knows it from 2.12 on.</value>
    public string? Path { get; set; }

    /// <summary>The product that is named to the server.</summary>
    /// <value><see langword="null"/> by default: that of GOST 2. "": none.</value>
    public string? UserAgent { get; set; }
}
