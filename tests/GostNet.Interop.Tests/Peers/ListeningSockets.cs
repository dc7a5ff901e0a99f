namespace GostNet.Interop.Tests.Peers;

/// <summary>Tells from the kernel's tables (proc(5)) who listens where. A connect would tell only that somebody does.</summary>
internal static class ListeningSockets
{
    /// <summary>Whether this process itself listens on this TCP port.</summary>
    public static bool Has(int processId, int port)
    {
        HashSet<string?> links = [.. TcpSocketRow.All.Where(row => Is(row, port)).Select(row => $"socket:[{row.Inode}]")];
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
    public static Task OpenedAsync(int port) => TcpSocketRow.WaitForAsync(row => Is(row, port));

    private static bool Is(TcpSocketRow row, int port) => row.Listens && row.LocalPort == port;
}
