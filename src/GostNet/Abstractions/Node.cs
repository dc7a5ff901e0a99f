namespace GostNet;

/// <summary>One member of a group: a target of a forward, or a proxy of a chain.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Name">What logs, metrics and exceptions call it. Never holds credentials.</param>
public sealed record Node(HostEndPoint Address, string Name)
{
    /// <summary>A node that goes by its address.</summary>
    /// <param name="address">Where it is.</param>
    public Node(HostEndPoint address)
        : this(address, address.ToString())
    {
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
