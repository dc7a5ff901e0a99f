using System.Collections.Immutable;
using GostNet.Chains;
using GostNet.Forwarding;
using GostNet.Selection;
using Microsoft.Extensions.Logging;

namespace GostNet.Building;

/// <summary>Makes the dialers of one chain. They share its nodes' health.</summary>
internal sealed class ChainFactory(ImmutableArray<HopDefinition> hops, ForwardContext context, ILogger logger)
{
    private readonly HopPath _path = new(
        context.Network.Dialer,
        [.. hops.Select(h => new NodeGroup<ChainNode>(new([.. h.Members], h.Selection), context.Time, logger, h.Source))],
        context.Time);

    public ForwardContext Context => context;

    /// <summary>Whether there are nodes between this machine and the targets.</summary>
    public bool HasHops => !hops.IsEmpty;

    public ILogger Logger => logger;

    /// <summary>Makes a dialer through the chain.</summary>
    /// <param name="directTimeout">How long a dial may take if the chain has no hops.</param>
    public IDialer CreateDialer(TimeSpan directTimeout) => CreateDialer(_path, directTimeout);

    /// <summary>Makes a network of the chain's far end.</summary>
    /// <param name="directTimeout">How long a dial may take if the chain has no hops.</param>
    public INetwork CreateNetwork(TimeSpan directTimeout) => CreateNetwork(_path, directTimeout);

    /// <summary>Makes a network beside the chain: the one that it stands on.</summary>
    /// <param name="timeout">How long a dial may take.</param>
    public INetwork CreateDirectNetwork(TimeSpan timeout) =>
        CreateNetwork(new HopPath(context.Network.Dialer, [], context.Time), timeout);

    private ChainDialer CreateDialer(HopPath path, TimeSpan directTimeout) =>
        new(path, directTimeout, context.Time, context.Metrics, logger);

    private ChainNetwork CreateNetwork(HopPath path, TimeSpan directTimeout) =>
        new(path, CreateDialer(path, directTimeout), context.Network, directTimeout, context.Time);
}
