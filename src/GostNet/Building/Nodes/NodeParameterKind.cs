namespace GostNet.Building.Nodes;

/// <summary>What the value of a parameter has to be (gost-nodes, section 1.8).</summary>
internal enum NodeParameterKind
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>A decimal number.</summary>
    Integer,

    /// <summary>A decimal number that is not negative; 0 means the default.</summary>
    Count,

    /// <summary>A truth value in one of Go's spellings.</summary>
    Boolean,

    /// <summary>A <see cref="TimeSpan"/>, in Go's form or in whole seconds; 0 means the default.</summary>
    Duration,

    /// <summary>The name of a file that has to be there.</summary>
    File,

    /// <summary><c>round</c>, <c>random</c> or <c>fifo</c>.</summary>
    Strategy,

    /// <summary>Items of <c>actions:hosts:ports</c>, separated by blanks (gost-nodes, section 5.5).</summary>
    Permissions,
}
