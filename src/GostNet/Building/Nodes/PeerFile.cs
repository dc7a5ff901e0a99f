using System.Globalization;
using System.Text.Json;
using GostNet.Internal;

namespace GostNet.Building.Nodes;

/// <summary>What a <c>peer</c> file says: more nodes for a group, and how one of them is chosen (gost-nodes, section 5.4).</summary>
/// <remarks>It is lines of words, or JSON. What it does not give stays as the URL has it (gost-nodes, section 6, C9).</remarks>
internal sealed class PeerFile
{
    private readonly List<(string Place, string Url)> _peers = [];

    private PeerFile()
    {
    }

    /// <summary>The URLs of the nodes, each with its place in the file.</summary>
    public IReadOnlyList<(string Place, string Url)> Peers => _peers;

    public SelectionStrategy? Strategy { get; private set; }

    public int? MaxFails { get; private set; }

    public TimeSpan? FailTimeout { get; private set; }

    /// <summary>How often to look for changes; never if <see langword="null"/>. At least one second.</summary>
    public TimeSpan? Reload { get; private set; }

    /// <summary>Reads a file, or reports what is wrong with it.</summary>
    public static PeerFile Read(string name, NodeFiles files, BuildProblems problems)
    {
        var file = new PeerFile();
        if (!files.TryReadLines(name, out string[]? lines, out string? problem))
        {
            problems.Add($"{name}: {problem}");
        }
        else if (Array.Find(lines, line => !string.IsNullOrWhiteSpace(line))?.TrimStart().StartsWith('{') == true)
        {
            file.ReadJson(name, string.Join('\n', lines), problems);
        }
        else
        {
            foreach ((int number, string[] words) in WordFile.Read(lines, commentsAnywhere: true))
            {
                string place = string.Create(CultureInfo.InvariantCulture, $"{name}, line {number}");
                if (words.Length == 2)
                {
                    file.Set(place, words[0], words[1], problems);
                }
                else
                {
                    problems.Add($"{place}: '{words[0]}' takes one value; write a line such as 'peer socks5://10.0.0.2:1080'");
                }
            }
        }

        return file;
    }

    /// <summary>The options of the group, on top of those of its URL.</summary>
    public SelectionOptions Selection(SelectionOptions ofUrl) => ofUrl with
    {
        Strategy = Strategy ?? ofUrl.Strategy,
        MaxFails = MaxFails ?? ofUrl.MaxFails,
        FailTimeout = FailTimeout ?? ofUrl.FailTimeout,
    };

    private void ReadJson(string name, string text, BuildProblems problems)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                string place = $"{name}, '{property.Name}'";
                if (property.Name.Equals("nodes", StringComparison.OrdinalIgnoreCase) && property.Value.ValueKind == JsonValueKind.Array)
                {
                    foreach (JsonElement node in property.Value.EnumerateArray())
                    {
                        Set(place, "peer", Text(node), problems);
                    }
                }
                else if (property.Name.Equals("FailTimeout", StringComparison.OrdinalIgnoreCase)
                    && property.Value.ValueKind == JsonValueKind.Number)
                {
                    // GOST's own spelling of the duration is a number of nanoseconds.
                    Set(place, "fail_timeout", $"{Text(property.Value)}ns", problems);
                }
                else
                {
                    Set(place, property.Name, Text(property.Value), problems);
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            problems.Add($"{name}: it is not a JSON object: {e.Message}");
        }
    }

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    /// <summary>Takes one setting. 0 and "" stand for what is not given.</summary>
    private void Set(string place, string key, string value, BuildProblems problems)
    {
        switch (key.ToLowerInvariant())
        {
            case "peer":
                _peers.Add((place, value));
                break;
            case "strategy" when value.Length == 0:
                break;
            case "strategy" when NodeParameters.TryReadStrategy(value, out SelectionStrategy strategy):
                Strategy = strategy;
                break;
            case "max_fails" when int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int maxFails):
                MaxFails = maxFails == 0 ? null : maxFails;
                break;
            case "fail_timeout" or "failtimeout" when GoDuration.TryParse(value, out TimeSpan failTimeout):
                FailTimeout = failTimeout == TimeSpan.Zero ? null : failTimeout;
                break;
            case "reload" when GoDuration.TryParse(value, out TimeSpan reload):
                Reload = reload == TimeSpan.Zero ? null : TimeSpan.FromTicks(Math.Max(reload.Ticks, TimeSpan.TicksPerSecond));
                break;
            case "strategy" or "max_fails" or "fail_timeout" or "failtimeout" or "reload":
                problems.Add($"{place}: '{value}' is not a value that {key} can have");
                break;
            case "fastest_count":
                problems.Warn($"{place}: {key} has no effect in this version of GostNet");
                break;
            default:
                problems.Add($"{place}: '{key}' is not known; write one of strategy, max_fails, fail_timeout, reload, peer");
                break;
        }
    }
}
