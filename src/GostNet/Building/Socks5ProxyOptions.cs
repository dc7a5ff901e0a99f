namespace GostNet;

/// <summary>The options of a SOCKS5 proxy (RFC 1928), without login or with user and password (RFC 1929).</summary>
public sealed record Socks5ProxyOptions : ProxyOptions;
