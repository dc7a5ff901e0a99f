namespace GostNet;

/// <summary>The options of a SOCKS4 or SOCKS4a proxy. Of the credential, the user name is sent as the user id; there is no password.</summary>
public sealed record Socks4ProxyOptions : ProxyOptions;
