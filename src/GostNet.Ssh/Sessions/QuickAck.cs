using System.Net.Sockets;

namespace GostNet.Ssh.Sessions;

/// <summary>Has Linux acknowledge small messages at once. A server that runs Nagle's algorithm, as OpenSSH to 9.2 does without a shell,
/// answers each of them 40 ms late otherwise (ssh, section 3.2).</summary>
internal sealed class QuickAck
{
    // IPPROTO_TCP, TCP_QUICKACK; the kernel forgets it again by itself.
    private const int TcpLevel = 6;
    private const int TcpQuickAck = 12;

    // Of more than this the kernel acknowledges every second segment anyway.
    private const int MaxBytes = 16 * 1024;

    private readonly Socket _socket;

    private QuickAck(Socket socket) => _socket = socket;

    /// <summary>Makes it for a connection that is a TCP socket on Linux.</summary>
    public static QuickAck? TryCreate(IConnection carrier) =>
        OperatingSystem.IsLinux() && carrier.TryGetSocket(out Socket? socket) && socket.ProtocolType == ProtocolType.Tcp
            ? new(socket)
            : null;

    /// <summary>To be called after a read that nothing was sent after.</summary>
    /// <param name="count">How many bytes it brought.</param>
    public void Renew(int count)
    {
        if (count is 0 or > MaxBytes)
        {
            return;
        }

        try
        {
            _socket.SetRawSocketOption(TcpLevel, TcpQuickAck, [1, 0, 0, 0]);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // What is wrong with the socket is for the next read to say.
        }
    }
}
