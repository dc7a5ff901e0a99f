using System.Globalization;

namespace GostNet.Interop.Tests.Peers;

/// <summary>Tells from the kernel's tables (proc(5)) who listens where. A connect would tell only that somebody does.</summary>
internal static class ListeningSockets
{
    private const string Listen = "0A";
    private const int LocalAddressColumn = 1;
    private const int StateColumn = 3;
    private const int InodeColumn = 9;

    /// <summary>Whether this process itself listens on this TCP port over IPv4.</summary>
    public static bool Has(int processId, int port)
    {
        string suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        HashSet<string?> links = [.. File.ReadLines("/proc/net/tcp")
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(row => row[StateColumn] == Listen && row[LocalAddressColumn].EndsWith(suffix, StringComparison.Ordinal))
            .Select(row => $"socket:[{row[InodeColumn]}]")];
        try
        {
            return links.Count > 0
                && Directory.EnumerateFiles($"/proc/{processId}/fd").Any(file => links.Contains(new FileInfo(file).LinkTarget));
        }
        catch (IOException)
        {
            return false; // the process, or one of its files, is gone meanwhile
        }
    }
}
