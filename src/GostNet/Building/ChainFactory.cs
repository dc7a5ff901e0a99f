using System.Collections.Immutable;
using GostNet.Chains;
using GostNet.Forwarding;
using GostNet.Selection;
using Microsoft.Extensions.Logging;

namespace GostNet.Building;

/// <summary>Makes the dialers of one chain. They share its nodes' health.</summary>
internal sealed class ChainFactory(ImmutableArray<HopDefinition> hops, ForwardContext context, ILogger logger)
{
    private readonly NodeGroup<ChainNode>[] _hops =
        [.. hops.Select(h => new NodeGroup<ChainNode>(new([.. h.Members], h.Selection), context.Time, logger, h.Source))];

    public ForwardContext Context => context;

    public ILogger Logger => logger;

    public IDialer CreateDialer(TimeSpan directTimeout) =>
        new ChainDialer(context.Network.Dialer, _hops, directTimeout, context.Time, context.Metrics, logger);
}
