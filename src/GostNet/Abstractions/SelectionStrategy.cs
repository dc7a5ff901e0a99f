namespace GostNet;

/// <summary>How a node is chosen out of the healthy ones of a group.</summary>
public enum SelectionStrategy
{
    /// <summary>In turn. GOST calls it <c>round</c>.</summary>
    RoundRobin,

    /// <summary>At random, each as likely as the others. GOST calls it <c>random</c>.</summary>
    Random,

    /// <summary>The first, as long as it is healthy. GOST calls it <c>fifo</c>.</summary>
    Fifo,
}
