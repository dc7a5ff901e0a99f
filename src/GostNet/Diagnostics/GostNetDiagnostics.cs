using System.Diagnostics;

namespace GostNet.Diagnostics;

/// <summary>The names under which GostNet can be measured and traced.</summary>
public static class GostNetDiagnostics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "GostNet";

    /// <summary>The name of the activity source: a span for each dial, and one for each hop of it.</summary>
    public const string ActivitySourceName = "GostNet";

    internal static readonly ActivitySource Source = new(ActivitySourceName);
}
