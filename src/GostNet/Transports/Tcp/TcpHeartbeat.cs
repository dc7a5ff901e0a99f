using System.Net.Sockets;

namespace GostNet.Transports.Tcp;

/// <summary>Makes TCP notice within two intervals that its peer is gone, even if the network swallows everything without a word.</summary>
internal static class TcpHeartbeat
{
    private const int Probes = 3;
    private const int TcpUserTimeout = 18; // RFC 5482, as Linux has it; .NET has no name for it

    /// <summary>The interval of servers, and of chains that are told nothing else.</summary>
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(15);

    /// <summary>Begins to ask after the peer of a connection whenever nothing has passed for a while.</summary>
    /// <remarks>While something is on its way, that is not asked: TCP sends it again instead, for as long as the system likes.</remarks>
    /// <param name="socket">A connected socket.</param>
    /// <param name="interval">After how long without traffic to ask. Whole seconds, at least one.</param>
    public static void Start(Socket socket, TimeSpan interval) => Set(socket, interval, static (socket, seconds) =>
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, seconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, Math.Max(1, seconds / Probes));
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
    });

    /// <summary>The same, and gives the connection up if the peer does not take what is sent to it for two intervals.</summary>
    /// <remarks>Only for a peer that always reads. One that holds back what it cannot pass on, as a relay does, is as silent as one that
    /// is gone: the system does not tell a window that stays closed from answers that do not come.</remarks>
    /// <param name="socket">A connected socket.</param>
    /// <param name="interval">As for <see cref="Start"/>.</param>
    public static void StartWithLimit(Socket socket, TimeSpan interval)
    {
        Start(socket, interval);
        if (OperatingSystem.IsLinux())
        {
            Set(socket, interval, static (socket, seconds) =>
                socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, TcpUserTimeout, BitConverter.GetBytes(2 * seconds * 1000)));
        }
    }

    private static void Set(Socket socket, TimeSpan interval, Action<Socket, int> set)
    {
        try
        {
            set(socket, Math.Max(1, (int)interval.TotalSeconds));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has ended already, and whoever uses it next will see that.
        }
    }
}
