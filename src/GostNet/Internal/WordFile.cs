namespace GostNet.Internal;

/// <summary>The common form of GOST's files: a line is words between blanks, and empty lines do not count (gost-nodes, section 5.4).</summary>
internal static class WordFile
{
    private static readonly char[] Blanks = [' ', '\t'];

    /// <summary>The lines that say something, with their numbers from 1.</summary>
    /// <param name="lines">All lines.</param>
    /// <param name="commentsAnywhere">Whether a '#' starts a comment anywhere in a line; if not, only a whole line can be one.</param>
    public static IEnumerable<(int Number, string[] Words)> Read(IEnumerable<string> lines, bool commentsAnywhere) =>
        lines
            .Select((line, i) => (Number: i + 1, Text: commentsAnywhere && line.IndexOf('#') is var hash and >= 0 ? line[..hash] : line))
            .Where(line => !line.Text.TrimStart().StartsWith('#'))
            .Select(line => (line.Number, Words: line.Text.Split(Blanks, StringSplitOptions.RemoveEmptyEntries)))
            .Where(line => line.Words.Length > 0);
}
