using System.Collections.Immutable;
using GostNet.Building.Nodes;
using GostNet.Forwarding;
using GostNet.Relaying;

namespace GostNet.Building;

/// <summary>A proxy server as it was asked for.</summary>
internal sealed record ProxyDefinition(string Protocol, HostEndPoint Listen, ProxyServerOptions Options)
    : ForwardDefinition(ForwardKind.Proxy, Listen, [])
{
    protected override string? GivenName => Options.Name;

    protected override string Scheme => new NodeScheme(Protocol, Transport.ToString()).ToString();

    protected override ServerTransport Transport => Options.Transport;

    public override void Check(ImmutableArray<HopDefinition>? chain, BuildProblems problems) => Check(Protocol, Name, Options, problems);

    /// <summary>Reports what is wrong with the options of a server.</summary>
    public static void Check(string protocol, string name, ProxyServerOptions options, BuildProblems problems)
    {
        options.Check(name, problems);
        Check(options.Transport, isAsked: protocol == ProxyServers.OfTransport, name, problems);
        if (options is ShadowsocksServerOptions shadowsocks)
        {
            shadowsocks.Check(name, problems);
        }
        else if (protocol == ProxyServers.OfTransport && (options.Authenticator is not null
            || options is { AllowAnonymous: true, Transport.Stack.Authenticates: true }))
        {
            problems.Add($"{name}: who may use it is for its transport to say; leave out Authenticator and AllowAnonymous");
        }
        else if (options is { Authenticator: null, AllowAnonymous: false, Transport.Stack.Authenticates: false })
        {
            problems.Add($"{name}: there is nobody who may use it; set Authenticator, or AllowAnonymous to let everybody in");
        }
        else if (options is { Authenticator: not null, AllowAnonymous: true })
        {
            problems.Add($"{name}: both Authenticator and AllowAnonymous are set; leave out one of them");
        }
        else if (options.Authenticator is not null && protocol is "socks4" or "socks4a")
        {
            problems.Add($"{name}: SOCKS4 knows no passwords; leave out the login, or serve socks5");
        }

        (string Name, string? List)[] lists =
            [(nameof(options.Whitelist), options.Whitelist), (nameof(options.Blacklist), options.Blacklist)];
        foreach ((string option, string? list) in lists)
        {
            if (list is not null && !PermissionList.TryParse(list, out _))
            {
                problems.Add($"{name}: {option} is '{list}'; write actions:hosts:ports, such as tcp:*.example.com:80,443");
            }
        }

        ProxyServers.Check(options, name, problems);
    }

    public override ForwardRunner CreateRunner(ChainFactory chain, IStreamRelay relay) => new StreamForward(
        CreateForward(),
        CreateBinding(chain.Context.Network, chain.Context),
        new ProxyHandler(
            ProxyServers.Create(Protocol, Options, chain),
            chain.CreateNetwork(Options.DialTimeout),
            Options.Authenticator,
            RulesOf(Options),
            Options.Attempts,
            chain.Context),
        new StreamLimits(Options.MaxConnections, Options.IdleTimeout, Options.HalfOpenTimeout),
        relay,
        chain.Context);

    /// <summary>What the clients of a server may ask for.</summary>
    public static AccessRules RulesOf(ProxyServerOptions options) => new(Read(options.Whitelist), Read(options.Blacklist));

    private static PermissionList? Read(string? list) =>
        list is not null && PermissionList.TryParse(list, out PermissionList? result) ? result : null;
}
