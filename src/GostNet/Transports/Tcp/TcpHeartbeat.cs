using System.Net.Sockets;

namespace GostNet.Transports.Tcp;

/// <summary>Makes TCP notice within two intervals that its peer is gone, even if the network swallows everything without a word.</summary>
internal static class TcpHeartbeat
{
    private const int Probes = 3;
    private const int TcpUserTimeout = 18; // RFC 5482, as Linux has it; .NET has no name for it

    /// <summary>Begins to ask after the peer.</summary>
    /// <param name="socket">A connected socket.</param>
    /// <param name="interval">After how long without traffic to ask. Whole seconds, at least one.</param>
    public static void Start(Socket socket, TimeSpan interval)
    {
        int seconds = Math.Max(1, (int)interval.TotalSeconds);
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, seconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, Math.Max(1, seconds / Probes));
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
            if (OperatingSystem.IsLinux())
            {
                // Keep-alive does not ask while something is on its way; then this counts.
                socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, TcpUserTimeout, BitConverter.GetBytes(2 * seconds * 1000));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has ended already, and whoever uses it next will see that.
        }
    }
}
