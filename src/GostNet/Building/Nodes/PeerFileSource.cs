using GostNet.Chains;
using GostNet.Diagnostics;
using GostNet.Internal;
using GostNet.Selection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GostNet.Building.Nodes;

/// <summary>The nodes of a chain node with <c>peer=FILE</c>: its own, and those of the file, which is read anew when it changes.</summary>
/// <remarks>A file that is missing or wrong leaves the nodes as they are, and is looked at again: editors replace files (gost-nodes,
/// section 6, C10).</remarks>
internal sealed class PeerFileSource(string name, NodeSet<ChainNode> ofUrl, HopGround ground, BuildSettings settings) : INodeSource<ChainNode>
{
    private readonly ILogger _logger = (settings.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger(LogCategories.Dialer);
    private FileStamp? _stamp;

    /// <inheritdoc/>
    public TimeSpan? Period { get; private set; }

    /// <summary>Reads the file for the first time, or reports what is wrong with it.</summary>
    public NodeSet<ChainNode> Load(BuildProblems problems)
    {
        _stamp = Stamp();
        PeerFile file = PeerFile.Read(name, settings.Files, problems);
        Period = file.Reload;
        var members = new List<(Node, ChainNode)>(ofUrl.Members);
        foreach ((string place, string url) in file.Peers)
        {
            if (ChainNodes.ReadUrl(url, problems) is not { } node)
            {
                continue;
            }

            if (node.Parameters.Has("peer"))
            {
                problems.Add($"{place}: a node out of a file cannot name another file with 'peer'");
            }

            members.AddRange(ChainNodes.ToMembers(node, ground, problems));
        }

        return new NodeSet<ChainNode>(members, file.Selection(ofUrl.Options));
    }

    /// <inheritdoc/>
    public NodeSet<ChainNode>? Reload()
    {
        if (Stamp() == _stamp)
        {
            return null;
        }

        TimeSpan? period = Period;
        var problems = new BuildProblems(settings);
        NodeSet<ChainNode> set = Load(problems);
        if (problems.Any)
        {
            Period = period; // what is wrong now may be put right
            _logger.PeersNotReloaded(name, problems.Summary);
            return null;
        }

        problems.LogWarnings();
        _logger.PeersReloaded(set.Members.Count, name);
        return set;
    }

    private FileStamp? Stamp() => FileStamp.Of(settings.Files.Resolve(name));
}
