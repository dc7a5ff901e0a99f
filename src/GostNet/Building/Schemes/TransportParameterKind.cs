namespace GostNet;

/// <summary>What the value of a <see cref="TransportParameter"/> has to be.</summary>
public enum TransportParameterKind
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>A decimal number that is not negative; 0 means the default.</summary>
    Count,

    /// <summary>A truth value in one of Go's spellings.</summary>
    Boolean,

    /// <summary>A <see cref="TimeSpan"/>, in Go's form or in whole seconds; 0 means the default.</summary>
    Duration,

    /// <summary>The name of a file that has to be there.</summary>
    File,
}
