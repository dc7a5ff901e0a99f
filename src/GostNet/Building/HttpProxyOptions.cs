namespace GostNet;

/// <summary>The options of an HTTP proxy that is asked with CONNECT (RFC 9110, section 9.3.6).</summary>
public sealed record HttpProxyOptions : ProxyOptions
{
    /// <summary>The User-Agent header of the request.</summary>
    /// <value>By default what GOST 2.8.1 sends.</value>
    public string UserAgent { get; set; } = Protocols.Http.HttpConnector.DefaultUserAgent;
}
