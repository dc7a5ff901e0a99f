using System.Globalization;

namespace GostNet.Interop.Tests.Peers;

/// <summary>A TCP socket of this machine as the kernel's tables have it (proc_net_tcp in the kernel's documentation).</summary>
/// <param name="LocalPort">Its own port.</param>
/// <param name="RemotePort">Its peer's port.</param>
/// <param name="Listens">Whether it listens.</param>
/// <param name="Timer">What it waits for next.</param>
/// <param name="TimeLeft">How long until then.</param>
/// <param name="Inode">What its owner's file descriptors point to.</param>
internal sealed record TcpSocketRow(int LocalPort, int RemotePort, bool Listens, int Timer, TimeSpan TimeLeft, string Inode)
{
    /// <summary>The <see cref="Timer"/> that asks whether an idle peer is still there.</summary>
    public const int KeepAlive = 2;

    /// <summary>The <see cref="Timer"/> that asks whether a peer takes data again.</summary>
    public const int WindowProbe = 4;

    private const string Table6 = "/proc/net/tcp6"; // not there without IPv6
    private const string Listen = "0A";
    private const int LocalAddressColumn = 1;
    private const int RemoteAddressColumn = 2;
    private const int StateColumn = 3;
    private const int TimerColumn = 5;
    private const int InodeColumn = 9;

    /// <summary>All that there are now.</summary>
    public static IEnumerable<TcpSocketRow> All => Read("/proc/net/tcp").Concat(File.Exists(Table6) ? Read(Table6) : []);

    /// <summary>Completes once there is one like this.</summary>
    public static async Task<TcpSocketRow> WaitForAsync(Func<TcpSocketRow, bool> isWanted)
    {
        while (true)
        {
            if (All.FirstOrDefault(isWanted) is { } row)
            {
                return row;
            }

            await Task.Yield();
        }
    }

    private static IEnumerable<TcpSocketRow> Read(string table) => File.ReadLines(table).Skip(1).Select(line =>
    {
        string[] columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] timer = columns[TimerColumn].Split(':');
        return new TcpSocketRow(
            PortOf(columns[LocalAddressColumn]),
            PortOf(columns[RemoteAddressColumn]),
            columns[StateColumn] == Listen,
            int.Parse(timer[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            TimeSpan.FromMilliseconds(10.0 * uint.Parse(timer[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
            columns[InodeColumn]);
    });

    private static int PortOf(string address) =>
        int.Parse(address[(address.IndexOf(':') + 1)..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
