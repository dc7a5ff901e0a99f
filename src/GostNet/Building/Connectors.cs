using GostNet.Protocols.Automatic;
using GostNet.Protocols.Forward;
using GostNet.Protocols.Http;
using GostNet.Protocols.Sni;
using GostNet.Protocols.Socks;

namespace GostNet.Building;

/// <summary>The proxy protocols that a chain can speak, by GOST's words for them.</summary>
internal static class Connectors
{
    private static readonly Dictionary<string, Func<Node, ConnectorOptions, HopGround, IConnector>> Table = new()
    {
        ["auto"] = CreateAutomatic,
        ["http"] = (node, options, _) => CreateHttp(node, options),
        ["socks5"] = CreateSocks5,
        ["socks4"] = (node, options, ground) => new Socks4Connector(
            node.Name, (name, stop) => ground.Network.ResolveAsync(new(name, 0), stop), options.Proxy.Credential),
        ["socks4a"] = (node, options, _) => new Socks4Connector(node.Name, resolve: null, options.Proxy.Credential),
        ["sni"] = (_, options, ground) => new SniConnector((options.Proxy as SniProxyOptions)?.DisguiseHost, ground.Time),
        ["forward"] = (_, _, _) => new ForwardConnector(),
    };

    /// <summary>The words, for messages.</summary>
    public static string KnownProtocols => string.Join(", ", Table.Keys);

    public static bool Knows(string protocol) => Table.ContainsKey(protocol);

    /// <summary>Makes the connector of one node.</summary>
    /// <exception cref="ArgumentException">The protocol cannot carry the login or another option.</exception>
    public static IConnector Create(string protocol, Node node, ConnectorOptions options, HopGround ground) =>
        Table[protocol](node, options, ground);

    private static HttpConnector CreateHttp(Node node, ConnectorOptions options) =>
        new(node.Name, options.Proxy.Credential, options.UserAgent ?? HttpConnector.DefaultUserAgent);

    private static Socks5Connector CreateSocks5(Node node, ConnectorOptions options, HopGround ground) => Socks5Connectors.Create(
        node,
        options.Proxy as Socks5ProxyOptions ?? new() { Credential = options.Proxy.Credential, ConnectTimeout = options.Proxy.ConnectTimeout },
        Sessions.Accepting(ground.Time),
        ground.IsFirst ? ground.Network.DatagramDialer : null,
        ground.Time,
        ground.Logger);

    /// <summary>A login that is too long for SOCKS5 leaves what HTTP can do: the node can be asked to connect, and for nothing else.</summary>
    private static IConnector CreateAutomatic(Node node, ConnectorOptions options, HopGround ground)
    {
        if (!Socks5Codec.CanCarry(options.Proxy.Credential))
        {
            return CreateHttp(node, options);
        }

        Socks5Connector socks5 = CreateSocks5(node, options, ground);
        return new AutomaticConnector(CreateHttp(node, options), socks5, socks5);
    }
}
