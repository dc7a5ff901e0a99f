using System.Text.RegularExpressions;

namespace GostNet.Tests.Docs;

/// <summary>Cuts the regions out of code, and the blocks out of a README that show them.</summary>
internal static partial class ReadmeSnippets
{
    /// <summary>What a region inside a snippet is called whose lines the reader is spared, such as those that put a test's network in.</summary>
    private const string NotShown = "not shown";

    /// <summary>The regions of some code by name, without the indentation that all their lines share. Parts of one name are joined.</summary>
    public static Dictionary<string, string> ReadRegions(string code)
    {
        Dictionary<string, string> regions = [];
        Stack<string> open = [];
        List<string> lines = [];
        foreach (string line in code.Split('\n'))
        {
            if (RegionBegin().Match(line) is { Success: true } begin)
            {
                open.Push(begin.Groups[1].Value);
            }
            else if (line.Trim() == "#endregion")
            {
                string name = open.Pop();
                if (open.Count == 0)
                {
                    string text = Unindent(lines);
                    regions[name] = regions.TryGetValue(name, out string? before) ? $"{before}\n\n{text}" : text;
                    lines.Clear();
                }
            }
            else if (open.Count > 0 && open.Peek() != NotShown)
            {
                lines.Add(line);
            }
        }

        return open.Count == 0 ? regions : throw new FormatException($"The region {open.Peek()} does not end.");
    }

    /// <summary>The C# blocks of a README, each with the name of its snippet, or without one if no comment gives it.</summary>
    public static List<(string? Name, string Text)> ReadBlocks(string readme) =>
        [.. CSharpBlock().Matches(readme).Select(match => (
            match.Groups["name"].Success ? match.Groups["name"].Value : null, match.Groups["text"].Value.TrimEnd('\n')))];

    /// <summary>What is to be mended in a README, so that its blocks are the regions they name.</summary>
    public static List<string> Compare(string readme, IReadOnlyDictionary<string, string> regions)
    {
        List<string> complaints = [];
        foreach ((string? name, string text) in ReadBlocks(readme))
        {
            if (name is null)
            {
                complaints.Add($"A block has no <!-- snippet: Name --> on the line before it:\n{text}");
            }
            else if (!regions.TryGetValue(name, out string? region))
            {
                complaints.Add($"There is no #region {name}.");
            }
            else if (text != region)
            {
                complaints.Add($"{name}: {Difference(text, region)}\nThe whole region, to be copied:\n{region}");
            }
        }

        return complaints;
    }

    private static string Difference(string block, string region)
    {
        string[] shown = block.Split('\n');
        string[] compiled = region.Split('\n');
        int line = 0;
        while (line < shown.Length && line < compiled.Length && shown[line] == compiled[line])
        {
            line++;
        }

        return $"line {line + 1} of the block is\n  {shown.ElementAtOrDefault(line) ?? "(missing)"}\n"
            + $"and in the code\n  {compiled.ElementAtOrDefault(line) ?? "(missing)"}";
    }

    private static string Unindent(List<string> lines)
    {
        int indent = lines.Where(line => line.Length > 0).Select(line => line.Length - line.TrimStart().Length).DefaultIfEmpty().Min();
        return string.Join('\n', lines.Select(line => line.Length > 0 ? line[indent..] : line));
    }

    [GeneratedRegex(@"^\s*#region (.+?)\s*$")]
    private static partial Regex RegionBegin();

    [GeneratedRegex(@"(?:^<!-- snippet: (?<name>\w+) -->\n)?^```(?:csharp|cs|c\#)\b.*\n(?<text>(?:(?!```).*\n)*)^```", RegexOptions.Multiline)]
    private static partial Regex CSharpBlock();
}
