using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using GostNet.Diagnostics;

namespace GostNet.Tests.Docs;

/// <summary>The tables of the README say what the library does.</summary>
public sealed partial class ReadmeTableTests
{
    private static readonly string Readme = Repository.Read("README.md");

    [Fact]
    public void LogEvents_InTheReadme_AreThoseOfTheLibrary() => Assert.Equal(
        typeof(LogEventIds).GetFields().Select(id => $"{id.GetRawConstantValue()} {id.Name}").Order(),
        LogEventRow().Matches(Readme).Select(row => $"{row.Groups[1].Value} {row.Groups[2].Value}").Order());

    [Fact]
    public void Instruments_InTheReadme_AreThoseOfTheMeter()
    {
        ConcurrentBag<string> instruments = []; // other tests publish theirs at the same time
        using MeterListener listener = new()
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == GostNetDiagnostics.MeterName)
                {
                    instruments.Add($"{instrument.Name} {instrument.Unit}");
                }
            },
        };
        _ = new GostNetMetrics(null);
        listener.Start();

        Assert.Equal(
            instruments.Distinct().Order(), InstrumentRow().Matches(Readme).Select(row => $"{row.Groups[1].Value} {row.Groups[2].Value}").Order());
    }

    [Fact]
    public void Options_InTheReadme_HaveTheDefaultsOfTheLibrary() => Assert.Equal(
        typeof(ForwardBuilder).Assembly.GetExportedTypes()
            .Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal))
            .SelectMany(type => type
                .GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Where(property => property.CanWrite)
                .Select(property => $"{type.Name}.{property.Name} {Describe(property.GetValue(CreateWithDefaults(type)))}"))
            .Order(),
        OptionRow().Matches(Readme).Select(row => $"{row.Groups[1].Value} {row.Groups[2].Value.Trim('`')}").Order());

    /// <summary>An instance of the options; where they are what others have in common, one of those.</summary>
    private static object CreateWithDefaults(Type options) => Activator.CreateInstance(
        options.IsAbstract ? options.Assembly.GetExportedTypes().First(type => type.IsSubclassOf(options)) : options)!;

    private static string Describe(object? value) => value switch
    {
        null or System.Collections.ICollection { Count: 0 } => "none",
        bool flag => flag ? "true" : "false",
        int.MaxValue => "no limit",
        TimeSpan time when time == Timeout.InfiniteTimeSpan => "no limit",
        TimeSpan { TotalHours: >= 1 } time => $"{time.TotalHours} h",
        TimeSpan { TotalSeconds: >= 1 } time => $"{time.TotalSeconds} s",
        TimeSpan time => $"{time.TotalMilliseconds} ms",
        Delegate => "the system's",
        SelectionOptions => nameof(SelectionOptions),
        TlsServerOptions => nameof(TlsServerOptions),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    [GeneratedRegex(@"^\| (\d+) \| `(\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex LogEventRow();

    [GeneratedRegex(@"^\| `(gostnet[\w.]+)` \| `(.+?)` \|", RegexOptions.Multiline)]
    private static partial Regex InstrumentRow();

    [GeneratedRegex(@"^\| `(\w+Options\.\w+)` \| (.+?) \|", RegexOptions.Multiline)]
    private static partial Regex OptionRow();
}
