using System.Collections.Immutable;
using System.Net;
using GostNet.Building;
using GostNet.Building.Nodes;
using GostNet.Chains;
using GostNet.Protocols.Shadowsocks;

namespace GostNet;

/// <summary>Describes one hop of a chain: a proxy, or several that can stand in for one another.</summary>
public sealed class HopBuilder
{
    private readonly List<Func<BuildProblems, HopGround, (Node Node, ChainNode Value)?>> _members = [];
    private SelectionOptions _selection = new();

    internal HopBuilder()
    {
    }

    /// <summary>Adds an HTTP proxy, asked with CONNECT.</summary>
    /// <param name="address">Where it is, <c>host:port</c>.</param>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public HopBuilder Http(string address, HttpProxyOptions? options = null)
    {
        HttpProxyOptions o = Copy(options);
        return Add("http", address, o, o.UserAgent);
    }

    /// <summary>Adds a SOCKS5 proxy.</summary>
    /// <param name="address">Where it is, <c>host:port</c>.</param>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public HopBuilder Socks5(string address, Socks5ProxyOptions? options = null)
    {
        Socks5ProxyOptions o = Copy(options);
        o.Tls = o.Tls is null ? null : o.Tls with { };
        return Add("socks5", address, o);
    }

    /// <summary>Adds a SOCKS4 proxy. It takes IPv4 addresses only, so names are resolved on this machine.</summary>
    /// <param name="address">Where it is, <c>host:port</c>.</param>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public HopBuilder Socks4(string address, Socks4ProxyOptions? options = null)
    {
        Socks4ProxyOptions o = Copy(options);
        return Add("socks4", address, o);
    }

    /// <summary>Adds a SOCKS4a proxy, which resolves names itself.</summary>
    /// <param name="address">Where it is, <c>host:port</c>.</param>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public HopBuilder Socks4a(string address, Socks4ProxyOptions? options = null)
    {
        Socks4ProxyOptions o = Copy(options);
        return Add("socks4a", address, o);
    }

    /// <summary>Adds an HTTP/2 proxy, asked with CONNECT: each connection is a stream of one HTTP/2 connection.</summary>
    /// <param name="address">Where it is, <c>host:port</c>.</param>
    /// <param name="options">The options, with the <see cref="ProxyOptions.Transport"/> that is under HTTP/2, which for GOST's
    /// <c>http2</c> is TLS; the defaults if <see langword="null"/>.</param>
    public HopBuilder Http2(string address, HttpProxyOptions? options = null)
    {
        HttpProxyOptions o = Copy(options);
        o.Transport = o.Transport.Http2Proxy();
        return Add("http2", address, o, o.UserAgent);
    }

    /// <summary>Adds a Shadowsocks server. As the first hop, over TCP alone, it carries datagrams too, if it serves UDP at the same
    /// port.</summary>
    /// <param name="address">Where it is, <c>host:port</c>.</param>
    /// <param name="options">Cipher and password.</param>
    public HopBuilder Shadowsocks(string address, ShadowsocksProxyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ShadowsocksProxyOptions o = Copy(options);
        return Add("ss", address, o);
    }

    /// <summary>Adds an SNI proxy, which reads out of what the application says whom it wants to reach: a TLS server by name, at port 443,
    /// or an HTTP/1 host. The target of a forward is passed over in silence.</summary>
    /// <param name="address">Where it is, <c>host:port</c>.</param>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public HopBuilder Sni(string address, SniProxyOptions? options = null)
    {
        SniProxyOptions o = Copy(options);
        return Add("sni", address, o);
    }

    /// <summary>Adds the far end of a tunnel: a node that has a target of its own, and is asked for nothing. What it is to reach is passed
    /// over in silence.</summary>
    /// <param name="address">Where it is, <c>host:port</c>.</param>
    /// <param name="options">The transport of the tunnel above all; the defaults if <see langword="null"/>.</param>
    public HopBuilder Tunnel(string address, TunnelOptions? options = null)
    {
        TunnelOptions o = Copy(options);
        return Add("forward", address, o);
    }

    /// <summary>Adds a node whose transport has words of its own for what is to be reached, as SSH has.</summary>
    /// <param name="address">Where it is, <c>host:port</c>.</param>
    /// <param name="options">Its transport, which has <see cref="TransportTraits.Forwards"/>, and its limits.</param>
    /// <exception cref="ArgumentException">The transport has no such words.</exception>
    public HopBuilder Forwarding(string address, TunnelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        TunnelOptions o = Copy(options);
        return o.Transport.Stack.Forwards
            ? Add(Connectors.OfTransport, address, o)
            : throw new ArgumentException($"A transport of {o.Transport} cannot be told what to reach.", nameof(options));
    }

    /// <summary>Adds a node that speaks a protocol of your own, within the default limits of <see cref="ProxyOptions"/>.</summary>
    /// <param name="node">Where it is, and what logs call it.</param>
    /// <param name="connector">Speaks the protocol.</param>
    /// <param name="transport">What is under it; TCP alone if <see langword="null"/>.</param>
    public HopBuilder Node(Node node, IConnector connector, ClientTransport? transport = null)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(connector);
        return Add(node.Name, new TunnelOptions { Transport = transport ?? ClientTransport.Tcp }, (_, _) => (node, connector));
    }

    /// <summary>How one of the nodes is chosen for each connection, and when one is left out.</summary>
    /// <param name="options">In turn, dead for 30 seconds after 1 failure, unless set.</param>
    public HopBuilder Select(SelectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _selection = options with { };
        return this;
    }

    internal HopDefinition Read(BuildProblems problems, HopGround ground)
    {
        if (_members.Count == 0)
        {
            problems.Add("A hop of the chain has no node; add one, for instance Socks5(\"10.0.0.1:1080\")");
        }

        ImmutableArray<(Node, ChainNode)> members = [.. _members.Select(read => read(problems, ground)).OfType<(Node, ChainNode)>()];
        return new HopDefinition(members, _selection);
    }

    private static T Copy<T>(T? options)
        where T : ProxyOptions, new()
    {
        T copy = (options ?? new()) with { };
        if (copy.Credential is { } credential)
        {
            copy.Credential = new NetworkCredential(credential.UserName, credential.Password, credential.Domain);
        }

        return copy;
    }

    private HopBuilder Add(string protocol, string address, ProxyOptions options, string? userAgent = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        string word = protocol switch
        {
            Connectors.OfTransport => "forward",
            "forward" when options.Transport.ToString() == "ssh" => NodeSchemes.Tunnel,
            _ => protocol,
        };
        string name = $"{new NodeScheme(word, options.Transport.ToString())}://{address}";
        return Add(name, options, (problems, ground) =>
        {
            options.Check(name, problems);
            if (options.Transport.Stack.Forwards && protocol != Connectors.OfTransport)
            {
                problems.Add($"{name}: a transport of {options.Transport} is told by itself what to reach; "
                    + "add it with Forwarding, or a verb of its own");
                return null;
            }

            if (!HostEndPoint.TryParse(address, out HostEndPoint? endPoint, out string? problem) || endPoint.Port == 0)
            {
                problems.Add($"{name}: the proxy's address cannot be read: {problem ?? "port 0 cannot be dialled"}");
                return null;
            }

            if (options is ShadowsocksProxyOptions shadowsocks)
            {
                OptionsRules.WarnOfWeakCipher(ShadowsocksMethods.Find(shadowsocks.Method), name, problems);
            }

            var node = new Node(endPoint, name);
            return (node, Connectors.Create(protocol, node, new ConnectorOptions(options, userAgent), ground));
        });
    }

    private HopBuilder Add(
        string name, ProxyOptions options, Func<BuildProblems, HopGround, (Node Node, IConnector Connector)?> read)
    {
        _members.Add((problems, ground) =>
        {
            try
            {
                return read(problems, ground) is var (node, connector)
                    ? (node, new ChainNode(connector, options, ground.CreateTransport(options.Transport, node.Address, name)))
                    : null;
            }
            catch (ArgumentException e)
            {
                problems.Add(name, e);
                return null;
            }
        });
        return this;
    }
}
