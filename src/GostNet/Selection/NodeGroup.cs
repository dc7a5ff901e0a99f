using GostNet.Diagnostics;
using Microsoft.Extensions.Logging;

namespace GostNet.Selection;

/// <summary>Nodes that can stand in for one another: the targets of a forward, or one hop of a chain.</summary>
/// <typeparam name="T">What the group's owner keeps with each node.</typeparam>
internal sealed class NodeGroup<T>
{
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly INodeSource<T>? _source;
    private readonly Lock _gate = new();
    private Member<T>[] _members = [];
    private Node[] _nodes = [];
    private SelectionOptions _options;
    private INodeSelector _selector;
    private long _lastLook;

    /// <summary>Makes a group.</summary>
    /// <param name="set">The members, and how one is chosen.</param>
    /// <param name="time">The clock of failures and reloads.</param>
    /// <param name="logger">Is told of deaths and revivals.</param>
    /// <param name="source">Where changes come from, if they can.</param>
    public NodeGroup(NodeSet<T> set, TimeProvider time, ILogger logger, INodeSource<T>? source = null)
    {
        _time = time;
        _logger = logger;
        _source = source;
        _options = set.Options;
        _selector = CreateSelector(set.Options);
        _lastLook = time.GetTimestamp();
        Replace(set);
    }

    /// <summary>The nodes, in the order they were given.</summary>
    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>Puts other members in place of the present ones. A node that stays keeps its health.</summary>
    public void Replace(NodeSet<T> set)
    {
        lock (_gate)
        {
            var known = new Dictionary<Node, Member<T>>();
            foreach (Member<T> member in _members)
            {
                known.TryAdd(member.Node, member);
            }

            _members = [.. set.Members.Select(m => new Member<T>(
                m.Node, m.Value, known.TryGetValue(m.Node, out Member<T>? old) ? old.Health : new NodeHealth(_time)))];
            _nodes = [.. _members.Select(m => m.Node)];
            if (set.Options.Strategy != _options.Strategy || set.Options.Selector != _options.Selector)
            {
                _selector = CreateSelector(set.Options);
            }

            _options = set.Options;
        }
    }

    /// <summary>Chooses a node for one attempt.</summary>
    /// <exception cref="ForwardException"><see cref="ForwardError.NoNodeAvailable"/>: the selector wants none of them.</exception>
    public NodeLease<T> Select()
    {
        Refresh();
        lock (_gate)
        {
            Member<T> chosen = _members.Length == 1 ? _members[0] : Choose();
            return new NodeLease<T>(this, chosen, chosen.Health.Begin());
        }
    }

    /// <summary>Takes note of how an attempt went; <see langword="null"/> if it says nothing about the node.</summary>
    internal void Settle(Member<T> member, bool? verdict)
    {
        bool changed;
        lock (_gate)
        {
            switch (verdict)
            {
                case true:
                    changed = member.Health.Succeed();
                    break;
                case false:
                    changed = member.Health.Fail(_options.MaxFails);
                    break;
                default:
                    member.Health.Release();
                    return;
            }
        }

        if (changed && verdict == true)
        {
            _logger.NodeRevived(member.Node.Name);
        }
        else if (changed)
        {
            _logger.NodeDied(member.Node.Name, _options.FailTimeout.TotalSeconds);
        }
    }

    private static INodeSelector CreateSelector(SelectionOptions options) => options.Selector ?? options.Strategy switch
    {
        SelectionStrategy.Random => new RandomSelector(Random.Shared),
        SelectionStrategy.Fifo => new FifoSelector(),
        _ => new RoundRobinSelector(),
    };

    /// <summary>Looks for changes if it is time to. Whoever comes first does it; an idle group does nothing.</summary>
    private void Refresh()
    {
        if (_source?.Period is not { } period)
        {
            return;
        }

        long lastLook = Volatile.Read(ref _lastLook);
        if (_time.GetElapsedTime(lastLook) >= period
            && Interlocked.CompareExchange(ref _lastLook, _time.GetTimestamp(), lastLook) == lastLook
            && _source.Reload() is { } set)
        {
            Replace(set);
        }
    }

    private Member<T> Choose()
    {
        Node[] candidates = _nodes;
        if (!Array.TrueForAll(_members, IsCandidate))
        {
            candidates = [.. _members.Where(IsCandidate).Select(m => m.Node)];
        }

        if (candidates.Length == 0)
        {
            // Traffic never stops because everything failed once.
            return _members.MinBy(m => m.Health.LastFailure) ?? throw None("the group is empty");
        }

        Node? node = _selector.SelectNode(candidates);
        return Array.Find(_members, m => ReferenceEquals(m.Node, node)) ?? throw None("the selector chose none of them");
    }

    private bool IsCandidate(Member<T> member) => member.Health.IsCandidate(_options.FailTimeout);

    private ForwardException None(string reason) =>
        new(ForwardError.NoNodeAvailable, $"No node is available out of [{string.Join(", ", _nodes.Select(n => n.Name))}]: {reason}.");
}
