namespace GostNet.Selection;

/// <summary>A node that was chosen for one attempt. A verdict is owed; disposing without one says that there is none.</summary>
internal sealed class NodeLease<T> : IDisposable
{
    private readonly NodeGroup<T> _group;
    private readonly Member<T> _member;
    private readonly bool _isTrial;
    private bool? _verdict;
    private bool _disposed;

    internal NodeLease(NodeGroup<T> group, Member<T> member, bool isTrial)
    {
        _group = group;
        _member = member;
        _isTrial = isTrial;
    }

    public Node Node => _member.Node;

    public T Value => _member.Value;

    /// <summary>The node did its part.</summary>
    public void Succeed()
    {
        if (_verdict is null)
        {
            _verdict = true;
            _group.Settle(_member, true);
        }
    }

    /// <summary>The node failed, and nobody else is to blame. A node that did its part first may still fail later.</summary>
    public void Fail()
    {
        if (_verdict is not false)
        {
            _verdict = false;
            _group.Settle(_member, false);
        }
    }

    public void Dispose()
    {
        if (!_disposed && _verdict is null && _isTrial)
        {
            _group.Settle(_member, null);
        }

        _disposed = true;
    }
}
