using System.Collections.Immutable;
using GostNet.Forwarding;
using GostNet.Protocols.Shadowsocks;
using GostNet.Relaying;

namespace GostNet.Building;

/// <summary>A Shadowsocks server for datagrams as it was asked for.</summary>
internal sealed record DatagramProxyDefinition(HostEndPoint Listen, ShadowsocksServerOptions Options)
    : ForwardDefinition(ForwardKind.DatagramProxy, Listen, [])
{
    /// <summary>GOST's word for it.</summary>
    public const string Protocol = "ssu";

    protected override string? GivenName => Options.Name;

    protected override string Scheme => Protocol;

    public override void Check(ImmutableArray<HopDefinition>? chain, BuildProblems problems)
    {
        ProxyDefinition.Check(Protocol, Name, Options, problems);
        if (!Options.Transport.Stack.Layers.IsEmpty)
        {
            problems.Add($"{Name}: {nameof(Options.Transport)} is {Options.Transport}, and datagrams take none; leave it out");
        }

        if (chain is { IsEmpty: false } hops && !hops[^1].ListensForDatagrams)
        {
            problems.Add($"{Name}: the chain ends in {hops[^1].Name}, where no port can be had for datagrams; "
                + "end it with a SOCKS5 proxy, or put the server into a route without a chain");
        }
    }

    public override ForwardRunner CreateRunner(ChainFactory chain, IStreamRelay relay)
    {
        ForwardContext context = chain.Context;
        Forward forward = CreateForward();
        ShadowsocksKey key = ShadowsocksKey.Create(Options.Method, Options.Password);
        var filter = new ShadowsocksReplayFilter();
        var defaults = new LocalUdpOptions();
        INetwork here = chain.CreateDirectNetwork(Options.DialTimeout);
        return new DatagramForward(
            forward,
            new Binding<IDatagramListener>(
                async stop => new ShadowsocksDatagramListener(
                    await here.ListenDatagramsAsync(Listen, stop).ConfigureAwait(false),
                    key,
                    filter,
                    (size, reason) => context.DropDatagram(forward, size, reason)),
                IsRemote: false),
            new DatagramProxyHandler(
                (port, host) => new ShadowsocksTargetSocket(port, host),
                chain.CreateNetwork(Options.DialTimeout),
                ProxyDefinition.RulesOf(Options),
                forward,
                context),
            new DatagramRelayOptions
            {
                IdleTimeout = Options.FlowTimeout,
                MaxFlows = Options.MaxFlows,
                Backlog = defaults.Backlog,
                QueueLength = defaults.QueueLength,
            },
            context);
    }
}
