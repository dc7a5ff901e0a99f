using System.Globalization;

namespace GostNet.Examples.Gost.Demo;

/// <summary>How connections and numbers are written for people.</summary>
internal static class Show
{
    /// <summary>Its number and its ends; the target is not there before it has been reached.</summary>
    public static string Name(ForwardedConnection connection) =>
        $"#{connection.Id} {connection.Client}{(connection.Target is { } target ? $" to {target}" : "")}";

    public static string Bytes(long bytes) => bytes switch
    {
        < 1 << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0 / 1024.0:0.0} MiB"),
    };

    public static string Time(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}
