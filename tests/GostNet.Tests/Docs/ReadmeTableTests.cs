using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using GostNet.Diagnostics;
using GostNet.Tests.Shared.Sources;

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
    public void Options_InTheReadme_HaveTheDefaultsOfTheLibrary() =>
        Assert.Equal(OptionRows.Of(typeof(ForwardBuilder).Assembly), OptionRows.Read(Readme));

    [GeneratedRegex(@"^\| (\d+) \| `(\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex LogEventRow();

    [GeneratedRegex(@"^\| `(gostnet[\w.]+)` \| `(.+?)` \|", RegexOptions.Multiline)]
    private static partial Regex InstrumentRow();
}
