using System.Collections.Immutable;
using GostNet.Forwarding;
using GostNet.Relaying;
using GostNet.Selection;
using GostNet.Transports;

namespace GostNet.Building;

/// <summary>A forward as it was asked for, in readable form.</summary>
internal abstract record ForwardDefinition(ForwardKind Kind, HostEndPoint Listen, ImmutableArray<Node> Targets)
{
    // A chain that takes no notice of the target still wants one to be passed along (gost-nodes, section 2.6).
    private static readonly Node NoTarget = new(new HostEndPoint("", 0), "(the chain's own target)");

    /// <summary>What the user called it, if anything.</summary>
    protected abstract string? GivenName { get; }

    /// <summary>GOST's word for it.</summary>
    protected virtual string Scheme => SchemeOf(Kind);

    /// <summary>How bytes travel to where it listens.</summary>
    protected virtual ServerTransport Transport => ServerTransport.Tcp;

    /// <summary>Whether it listens at the far end of the chain.</summary>
    protected bool IsRemote => Kind is ForwardKind.RemoteTcp or ForwardKind.RemoteUdp;

    public string Name => GivenName ?? $"{Scheme}://{Listen}{(Targets.IsEmpty ? "" : $"/{string.Join(',', Targets)}")}";

    /// <summary>Reports what is wrong, taken by itself and together with the chain.</summary>
    /// <param name="chain">The hops, or <see langword="null"/> if what they can carry is not known, because one cannot be read.</param>
    /// <param name="problems">Takes the report.</param>
    public virtual void Check(ImmutableArray<HopDefinition>? chain, BuildProblems problems)
    {
        if (Targets.IsEmpty && chain is { } hops && !(hops.Length > 0 && hops[^1].IgnoresTarget))
        {
            problems.Add($"{Name}: there is no target; write one, or end the chain with a node that has its own (forward://host:port)");
        }
    }

    /// <summary>GOST's word for a kind of forward.</summary>
    public static string SchemeOf(ForwardKind kind) => kind switch
    {
        ForwardKind.LocalTcp => "tcp",
        ForwardKind.LocalUdp => "udp",
        ForwardKind.RemoteTcp => "rtcp",
        ForwardKind.RemoteUdp => "rudp",
        _ => "proxy",
    };

    public abstract ForwardRunner CreateRunner(ChainFactory chain, IStreamRelay relay);

    /// <summary>Reports a chain whose end cannot listen. GOST would listen on this machine instead (gost-nodes, section 6, C5).</summary>
    protected void CheckFarEnd(
        ImmutableArray<HopDefinition>? chain, string what, Func<HopDefinition, bool> isAble, BuildProblems problems)
    {
        string able = Kind == ForwardKind.RemoteTcp ? "a SOCKS5 proxy or an SSH server" : "a SOCKS5 proxy";
        string local = Kind == ForwardKind.RemoteTcp ? "tcp://, or LocalTcp," : "udp://, or LocalUdp,";
        if (chain is { IsEmpty: true })
        {
            problems.Add($"{Name}: there is no chain at whose end it could listen; add {able}, or write {local} to listen on this machine");
        }
        else if (chain is { } hops && !isAble(hops[^1]))
        {
            problems.Add($"{Name}: the chain ends in {hops[^1].Name}, which cannot {what}; end it with {able}, "
                + $"or write {local} to listen on this machine");
        }
    }

    /// <summary>Reports what is wrong with a transport to listen by.</summary>
    /// <param name="transport">The transport.</param>
    /// <param name="isAsked">Whether its clients say by the transport itself what they want.</param>
    /// <param name="name">The forward.</param>
    /// <param name="problems">Takes the report.</param>
    protected static void Check(ServerTransport transport, bool isAsked, string name, BuildProblems problems)
    {
        if (transport.Stack.Forwards && !isAsked)
        {
            problems.Add($"{name}: clients of a transport of {transport} say by itself what they want; "
                + "serve them with ServeForwarding, or a verb of its own");
        }

        OptionsRules.Positive(transport.HandshakeTimeout, nameof(transport.HandshakeTimeout), name, problems);
        OptionsRules.AtLeastOne(transport.MaxHandshakes, nameof(transport.MaxHandshakes), name, problems);
    }

    /// <summary>Makes the way to listen for connections.</summary>
    /// <param name="network">Where.</param>
    /// <param name="context">What the forwards of a forwarder share.</param>
    /// <exception cref="ArgumentException">The options of a layer of the transport cannot be used.</exception>
    protected Binding<IListener> CreateBinding(INetwork network, ForwardContext context)
    {
        TransportLayers layers = Transport.Stack.Create(new(Listen, Name, context.Time, context.Logger));
        if (layers.IsEmpty)
        {
            return new Binding<IListener>(stop => network.ListenAsync(Listen, stop), IsRemote);
        }

        TransportListenerSettings settings = new(
            Name, Transport.HandshakeTimeout, Transport.MaxHandshakes, context.Time, context.Metrics, context.Logger);
        return new Binding<IListener>(
            async stop => new TransportListener(
                await network.ListenAsync(Listen, stop).ConfigureAwait(false), layers, context.Sessions, settings),
            IsRemote);
    }

    /// <summary>Makes the networks to listen on and to dial from: one at each end of the chain.</summary>
    protected (INetwork Listen, INetwork Dial) CreateNetworks(TimeSpan dialTimeout, ChainFactory chain)
    {
        INetwork here = chain.CreateDirectNetwork(dialTimeout);
        INetwork farEnd = chain.CreateNetwork(dialTimeout);
        return IsRemote ? (farEnd, here) : (here, farEnd);
    }

    protected TargetGroup CreateTargets(SelectionOptions options, int attempts, ChainFactory chain)
    {
        NodeSet<HostEndPoint> set = new([.. (Targets.IsEmpty ? [NoTarget] : Targets).Select(n => (n, n.Address))], options);
        return new(new NodeGroup<HostEndPoint>(set, chain.Context.Time, chain.Logger), attempts, chain.Context);
    }

    protected Forward CreateForward() => new(Kind, Name, Listen, Targets);
}
