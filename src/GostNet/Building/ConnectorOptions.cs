namespace GostNet.Building;

/// <summary>The options of one node of a chain, whatever its protocol.</summary>
/// <param name="Proxy">What the user gave, or a node URL says.</param>
/// <param name="UserAgent">What HTTP proxies are told; GOST's words if <see langword="null"/>.</param>
/// <param name="DatagramsOverStream">Whether a Shadowsocks server over a stream transport is one for datagrams.</param>
internal sealed record ConnectorOptions(ProxyOptions Proxy, string? UserAgent = null, bool DatagramsOverStream = false);
