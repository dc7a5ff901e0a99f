using GostNet.Protocols.Automatic;
using GostNet.Protocols.Forward;
using GostNet.Protocols.Http;
using GostNet.Protocols.Http2;
using GostNet.Protocols.Shadowsocks;
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
        ["http2"] = (node, options, _) => new Http2Connector(
            node.Name, options.Proxy.Credential, options.UserAgent ?? HttpConnector.DefaultUserAgent),
        ["socks5"] = CreateSocks5,
        ["socks4"] = (node, options, ground) => new Socks4Connector(
            node.Name, (name, stop) => ground.Network.ResolveAsync(new(name, 0), stop), options.Proxy.Credential),
        ["socks4a"] = (node, options, _) => new Socks4Connector(node.Name, resolve: null, options.Proxy.Credential),
        ["ss"] = CreateShadowsocks,
        ["ss2"] = CreateShadowsocks,
        ["ssu"] = CreateShadowsocks,
        ["sni"] = (_, options, ground) => new SniConnector((options.Proxy as SniProxyOptions)?.DisguiseHost, ground.Time),
        ["forward"] = (_, _, _) => new ForwardConnector(),
        [OfTransport] = (_, _, _) => new SessionConnector(),
    };

    /// <summary>Not one of the words: the node's transport is told what to reach.</summary>
    public const string OfTransport = "";

    /// <summary>The words, for messages.</summary>
    public static string KnownProtocols => string.Join(", ", Table.Keys.Where(word => word != OfTransport));

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
        ground.IsFirst && options.Proxy.Transport.Stack.Layers.IsEmpty ? ground.Network.DatagramDialer : null,
        ground.Time,
        ground.Logger);

    /// <summary>Datagrams go to the server as they are if it is the first hop and they can; over another transport than TCP they go as GOST
    /// 2.12's <c>ssu</c> sends them, if that is what was asked for.</summary>
    private static ShadowsocksConnector CreateShadowsocks(Node node, ConnectorOptions options, HopGround ground)
    {
        var shadowsocks = (ShadowsocksProxyOptions)options.Proxy;
        bool isPlain = shadowsocks.Transport.Stack.Layers.IsEmpty;
        return new ShadowsocksConnector(node, ShadowsocksKey.Create(shadowsocks.Method, shadowsocks.Password), new()
        {
            DatagramDialer = ground.IsFirst && isPlain ? ground.Network.DatagramDialer : null,
            DatagramsOverStream = options.DatagramsOverStream && !isPlain,
            Time = ground.Time,
        });
    }

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
