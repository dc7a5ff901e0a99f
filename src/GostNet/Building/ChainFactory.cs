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

    public ILogger Logger => logger;

    /// <summary>Makes a dialer through the chain.</summary>
    /// <param name="directTimeout">How long a dial may take if the chain has no hops.</param>
    public IDialer CreateDialer(TimeSpan directTimeout) => new ChainDialer(_path, directTimeout, context.Time, context.Metrics, logger);

    /// <summary>Makes a network of the chain's far end.</summary>
    /// <param name="directTimeout">How long a dial may take if the chain has no hops.</param>
    public INetwork CreateNetwork(TimeSpan directTimeout) =>
        new ChainNetwork(_path, CreateDialer(directTimeout), context.Network, context.Time);

    /// <summary>Makes a dialer beside the chain.</summary>
    /// <param name="timeout">How long a dial may take.</param>
    public IDialer CreateDirectDialer(TimeSpan timeout) =>
        new ChainDialer(new HopPath(context.Network.Dialer, [], context.Time), timeout, context.Time, context.Metrics, logger);
}
