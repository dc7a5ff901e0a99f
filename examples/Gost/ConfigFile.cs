namespace GostNet.Examples.Gost;

/// <summary>The file of -C.</summary>
/// <param name="Debug">Whether to log more, or <see langword="null"/> if it does not say.</param>
/// <param name="TopLevel">The route at its top level, which -L and -F belong to as well.</param>
/// <param name="Routes">Further routes, each with a chain of its own.</param>
internal sealed record ConfigFile(bool? Debug, RouteConfig TopLevel, IReadOnlyList<RouteConfig> Routes)
{
    /// <summary>No file.</summary>
    public static ConfigFile None { get; } = new(null, new RouteConfig("The top level", 0, [], []), []);

    /// <summary>Reads a file. What can be read is returned, what cannot is reported.</summary>
    public static ConfigFile Read(string path, List<string> errors)
    {
        try
        {
            return ConfigFileReader.Read(path, File.ReadAllBytes(path), errors);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            errors.Add($"-C {path} cannot be read: {e.Message}");
            return None;
        }
    }
}
