using System.Net;
using System.Net.Sockets;

namespace GostNet.Interop.Tests.Targets;

/// <summary>A TCP port on 127.0.0.1 where nobody listens, and nobody can: it is held, so that a connect is refused for sure.</summary>
internal sealed class ClosedPort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ClosedPort() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public string Address => $"127.0.0.1:{((IPEndPoint)_socket.LocalEndPoint!).Port}";

    public void Dispose() => _socket.Dispose();
}
