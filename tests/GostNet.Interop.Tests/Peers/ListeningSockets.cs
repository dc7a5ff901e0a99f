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
        HashSet<string?> links = [.. InodesOf("/proc/net/tcp", port).Select(inode => $"socket:[{inode}]")];
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

    /// <summary>Completes once somebody listens on this TCP port. To try it by connecting would be to take a peer's place, and a socket
    /// that connects often enough to a closed port of this machine gets that port as its own, and itself as its peer.</summary>
    public static async Task OpenedAsync(int port)
    {
        while (!InodesOf("/proc/net/tcp", port).Concat(InodesOf("/proc/net/tcp6", port)).Any())
        {
            await Task.Yield();
        }
    }

    private static IEnumerable<string> InodesOf(string table, int port)
    {
        string suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return File.ReadLines(table)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(row => row[StateColumn] == Listen && row[LocalAddressColumn].EndsWith(suffix, StringComparison.Ordinal))
            .Select(row => row[InodeColumn]);
    }
}
