using GostNet.Forwarding;
using GostNet.Protocols;
using GostNet.Protocols.Automatic;
using GostNet.Protocols.Forward;
using GostNet.Protocols.Http;
using GostNet.Protocols.Http2;
using GostNet.Protocols.Shadowsocks;
using GostNet.Protocols.Sni;
using GostNet.Protocols.Socks;
using GostNet.Transports.Tls;
using Microsoft.Extensions.Logging.Abstractions;

namespace GostNet.Building;

/// <summary>The proxy protocols that can be served, by GOST's words for them.</summary>
internal static class ProxyServers
{
    private static readonly Dictionary<string, Func<ProxyServerOptions, ChainFactory, IProxyServer>> Table = new()
    {
        ["auto"] = (options, chain) => new AutomaticServer(
            new Socks4Server(options.HandshakeTimeout), CreateSocks5(options, chain), CreateHttp(options, chain), options.HandshakeTimeout),
        ["http"] = CreateHttp,
        ["http2"] = (options, chain) => new Http2ProxyServer(CreateHttpSettings(options, chain)),
        ["socks5"] = CreateSocks5,
        ["sni"] = CreateSni,
        ["ss"] = CreateShadowsocks,
        ["ss2"] = CreateShadowsocks,
        [OfTransport] = (_, _) => new ForwardRequestServer(),
        ["socks4"] = (options, _) => new Socks4Server(options.HandshakeTimeout),
        ["socks4a"] = (options, _) => new Socks4Server(options.HandshakeTimeout),
    };

    /// <summary>Not one of the words: the transport tells what its clients want.</summary>
    public const string OfTransport = "forward";

    /// <summary>The words, for messages.</summary>
    public static string KnownProtocols => string.Join(", ", Table.Keys.Where(word => word != OfTransport));

    public static bool Knows(string protocol) => Table.ContainsKey(protocol);

    /// <summary>Makes a server.</summary>
    public static IProxyServer Create(string protocol, ProxyServerOptions options, ChainFactory chain) => Table[protocol](options, chain);

    /// <summary>Reports options that no server can honour.</summary>
    public static void Check(ProxyServerOptions options, string server, BuildProblems problems)
    {
        if (options is SniServerOptions { TargetPort: < 1 or > ushort.MaxValue } sni)
        {
            problems.Add($"{server}: {nameof(sni.TargetPort)} is {sni.TargetPort}; write a port from 1 to {ushort.MaxValue}");
        }

        if (options is not HttpProxyServerOptions http)
        {
            return;
        }

        if (http.ProbeResistance is { } resistance && !HttpProbeResist.TryParse(resistance, out _, out string? problem))
        {
            problems.Add($"{server}: {nameof(http.ProbeResistance)} is '{resistance}': {problem}");
        }

        if (http.Agent is { } agent && (agent.Length == 0 || agent.Any(c => !char.IsAscii(c) || char.IsControl(c))))
        {
            problems.Add($"{server}: {nameof(http.Agent)} is '{agent}'; write ASCII that can be seen");
        }
    }

    /// <summary>Over TLS, TLS within SOCKS5 is needless; and over sessions a GOST client loses every second connection by it (transports,
    /// section 4).</summary>
    private static Socks5Server CreateSocks5(ProxyServerOptions options, ChainFactory chain)
    {
        TlsServer? tls = options.Transport.Stack is { Encrypts: false, Multiplexes: false }
            ? new(options.Tls, names: [], chain.Context.Time, chain.Context.Logger)
            : null;
        return new Socks5Server(
            Sessions.Opening(chain.Context.Time),
            tls is null ? null : tls.StartAsync,
            new Socks5ServerOptions { HandshakeTimeout = options.HandshakeTimeout });
    }

    private static SniServer CreateSni(ProxyServerOptions options, ChainFactory chain)
    {
        var sni = options as SniServerOptions ?? new();
        INetwork network = chain.CreateDirectNetwork(options.DialTimeout);
        return new SniServer(new HttpProxyServer(CreateHttpSettings(options, chain) with { ServesHosts = true }), new SniSettings
        {
            TargetPort = sni.TargetPort,
            AllowsPrivateTargets = sni.AllowPrivateTargets,
            Resolve = chain.HasHops ? null : network.ResolveAsync, // what is behind a name at the far end is known there
            HandshakeTimeout = options.HandshakeTimeout,
        });
    }

    private static ShadowsocksServer CreateShadowsocks(ProxyServerOptions options, ChainFactory chain)
    {
        var shadowsocks = (ShadowsocksServerOptions)options;
        return new ShadowsocksServer(
            ShadowsocksKey.Create(shadowsocks.Method, shadowsocks.Password), new(), options.HandshakeTimeout, chain.Context.Logger);
    }

    private static HttpProxyServer CreateHttp(ProxyServerOptions options, ChainFactory chain) => new(CreateHttpSettings(options, chain));

    private static HttpProxySettings CreateHttpSettings(ProxyServerOptions options, ChainFactory chain)
    {
        var http = options as HttpProxyServerOptions ?? new();
        var settings = new HttpProxySettings
        {
            HandshakeTimeout = options.HandshakeTimeout,
            Knock = http.Knock,
            ProbeDialer = chain.CreateDirectNetwork(options.DialTimeout).Dialer,
            ProbeResist = http.ProbeResistance is { } text && HttpProbeResist.TryParse(text, out HttpProbeResist? resist, out _) ? resist : null,
        };
        return http.Agent is { } agent ? settings with { Agent = agent } : settings;
    }
}
