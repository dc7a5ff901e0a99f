namespace GostNet.Selection;

/// <summary>The members of a group and how one of them is chosen.</summary>
internal sealed record NodeSet<T>(IReadOnlyList<(Node Node, T Value)> Members, SelectionOptions Options);
