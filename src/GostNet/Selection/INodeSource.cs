namespace GostNet.Selection;

/// <summary>Where a group's nodes come from, if they can change while the group is in use.</summary>
internal interface INodeSource<T>
{
    /// <summary>How often to look for changes, or <see langword="null"/> for never.</summary>
    TimeSpan? Period { get; }

    /// <summary>Looks for changes.</summary>
    /// <returns>The nodes and options as they are now, or <see langword="null"/> if nothing has changed or what is there cannot be
    /// used; the source logs the latter.</returns>
    NodeSet<T>? Reload();
}
