namespace GostNet.Interop.Tests.Peers;

/// <summary>Finds the real programs that the tests talk to.</summary>
internal static class PeerProgram
{
    private const string RequiredVariable = "GOSTNET_REQUIRE_PEERS";

    /// <summary>The Debian package of each program.</summary>
    private static readonly Dictionary<string, string> Packages = ReadPackages();

    /// <summary>The program's path.</summary>
    /// <exception cref="FileNotFoundException">It is not on this machine. The message names its Debian package.</exception>
    public static string Find(string program) => Search(program) ?? throw new FileNotFoundException(Missing(program));

    /// <summary>Why a test that needs these programs is skipped.</summary>
    /// <returns><see langword="null"/> if it is not: all programs are there, or they are required, so that the test fails.</returns>
    public static string? WhySkipped(params ReadOnlySpan<string> programs)
    {
        if (Environment.GetEnvironmentVariable(RequiredVariable) == "1")
        {
            return null;
        }

        foreach (string program in programs)
        {
            if (Search(program) is null)
            {
                return Missing(program);
            }
        }

        return null;
    }

    private static Dictionary<string, string> ReadPackages()
    {
        using StreamReader reader = new(typeof(PeerProgram).Assembly.GetManifestResourceStream("Packages.txt")!);
        return reader.ReadToEnd()
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' '))
            .ToDictionary(words => words[0], words => words[1], StringComparer.Ordinal);
    }

    private static string Missing(string program) => $"{program} is not on this machine. Debian package: {Packages[program]}.";

    /// <summary>Looks into PATH, and where Debian keeps servers, which need not be on a user's PATH.</summary>
    private static string? Search(string program)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null; // the peers' configurations, and how it is seen that they listen, are Linux's
        }

        string path = Environment.GetEnvironmentVariable("PATH") ?? "";
        return path.Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Append("/usr/sbin")
            .Select(directory => Path.Combine(directory, program))
            .FirstOrDefault(File.Exists);
    }
}
