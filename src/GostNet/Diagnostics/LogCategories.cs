namespace GostNet.Diagnostics;

/// <summary>The categories that GostNet logs under. They are stable, whatever the types inside are called.</summary>
public static class LogCategories
{
    /// <summary>Forwards: listening, accepting, serving.</summary>
    public const string Forward = "GostNet.Forward";

    /// <summary>Dialling, and the health of nodes.</summary>
    public const string Dialer = "GostNet.Dialer";

    /// <summary>What was configured.</summary>
    public const string Configuration = "GostNet.Configuration";
}
