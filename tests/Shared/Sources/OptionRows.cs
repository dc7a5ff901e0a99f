using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace GostNet.Tests.Shared.Sources;

/// <summary>The rows of a README's table of options, each an option and its default.</summary>
internal static partial class OptionRows
{
    /// <summary>Those that a library's options ought to have.</summary>
    public static IEnumerable<string> Of(Assembly library) => library.GetExportedTypes()
        .Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal))
        .SelectMany(type => type
            .GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(property => property.CanWrite)
            .Select(property => $"{type.Name}.{property.Name} {Describe(property.GetValue(CreateWithDefaults(type)))}"))
        .Order();

    /// <summary>Those that a README has.</summary>
    public static IEnumerable<string> Read(string readme) =>
        OptionRow().Matches(readme).Select(row => $"{row.Groups[1].Value} {row.Groups[2].Value.Trim('`')}").Order();

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
        string text => text
            .Replace(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "LocalApplicationData", StringComparison.Ordinal)
            .Replace(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "~", StringComparison.Ordinal),
        IEnumerable<string> texts => string.Join(", ", texts.Select(Describe)),
        _ when value.GetType().Name.EndsWith("Options", StringComparison.Ordinal) => value.GetType().Name,
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    [GeneratedRegex(@"^\| `(\w+Options\.\w+)` \| (.+?) \|", RegexOptions.Multiline)]
    private static partial Regex OptionRow();
}
