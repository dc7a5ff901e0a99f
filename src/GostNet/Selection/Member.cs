namespace GostNet.Selection;

/// <summary>A node of a group, what the group's owner keeps with it, and its health.</summary>
internal sealed class Member<T>(Node node, T value, NodeHealth health)
{
    public Node Node { get; } = node;

    public T Value { get; } = value;

    public NodeHealth Health { get; } = health;
}
