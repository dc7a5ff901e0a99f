using System.Diagnostics;

namespace GostNet.Diagnostics;

/// <summary>The names under which GostNet can be measured and traced.</summary>
public static class GostNetDiagnostics
{
    /// <summary>The name of the meter.</summary>
    /// <remarks>Its instruments are <c>gostnet.active_connections</c>, <c>gostnet.connection.duration</c> (seconds),
    /// <c>gostnet.connection.io</c> (bytes), <c>gostnet.dial.duration</c> (seconds) and <c>gostnet.datagrams.dropped</c>.</remarks>
    public const string MeterName = "GostNet";

    /// <summary>The name of the activity source: a span <c>gostnet.dial</c> for each TCP dial, and <c>gostnet.hop</c> for each step
    /// of the chain in it.</summary>
    public const string ActivitySourceName = "GostNet";

    internal static readonly ActivitySource Source = new(ActivitySourceName);
}
