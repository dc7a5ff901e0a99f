using System.Net;
using System.Net.Sockets;

namespace GostNet.Interop.Tests.Targets;

/// <summary>Ports that somebody else is told to listen at, more than once. They are none that the system gives to those who ask for any
/// or connect somewhere, so that nobody has them meanwhile.</summary>
internal static class FreePort
{
    private const int First = 20_000;
    private const int End = 32_000;

    private static int _last = Random.Shared.Next(First, End);

    /// <summary>The next one. None is given twice in a run of the tests.</summary>
    public static int Next()
    {
        while (true)
        {
            int port = First + ((Interlocked.Increment(ref _last) - First) % (End - First));
            if (IsFree(port, SocketType.Stream, ProtocolType.Tcp) && IsFree(port, SocketType.Dgram, ProtocolType.Udp))
            {
                return port;
            }
        }
    }

    /// <summary>Completes once nobody has the port any more.</summary>
    public static async Task ReleasedAsync(int port, SocketType type, ProtocolType protocol)
    {
        while (!IsFree(port, type, protocol))
        {
            await Task.Yield();
        }
    }

    private static bool IsFree(int port, SocketType type, ProtocolType protocol)
    {
        using Socket socket = new(AddressFamily.InterNetwork, type, protocol);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            if (type == SocketType.Stream)
            {
                socket.Listen();
            }

            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }
}
