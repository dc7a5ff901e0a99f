using System.Net;
using System.Net.Sockets;
using GostNet.Tests.Shared;

namespace GostNet.Interop.Tests.Targets;

/// <summary>A small TCP server of the test itself, on both loopback addresses: a proxy may take "localhost" for either.</summary>
internal sealed class TcpTarget : IAsyncDisposable
{
    private readonly Func<NetworkStream, Task> _serve;
    private readonly Socket[] _listeners;
    private readonly Task[] _accepting;
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Starts it.</summary>
    /// <param name="serve">Speaks to one client. The connection is closed afterwards.</param>
    public TcpTarget(Func<NetworkStream, Task> serve)
    {
        _serve = serve;
        _listeners = Listen();
        Port = ((IPEndPoint)_listeners[0].LocalEndPoint!).Port;
        _accepting = [.. _listeners.Select(AcceptAsync)];
    }

    public int Port { get; }

    /// <summary>Sends back whatever arrives.</summary>
    public static TcpTarget Echo() => new(stream => stream.CopyToAsync(stream));

    /// <summary>Speaks first, and then only listens.</summary>
    public static TcpTarget Greeting(byte[] greeting) => new(async stream =>
    {
        await stream.WriteAsync(greeting);
        await stream.CopyToAsync(Stream.Null);
    });

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_accepting).OrFail();
        Array.ForEach(_listeners, listener => listener.Dispose());
        _stopping.Dispose();
    }

    private static Socket[] Listen()
    {
        while (true)
        {
            Socket first = Listen(new(IPAddress.Loopback, 0));
            try
            {
                return [first, Listen(new(IPAddress.IPv6Loopback, ((IPEndPoint)first.LocalEndPoint!).Port))];
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                first.Dispose(); // somebody has this port on the other address
            }
            catch (SocketException)
            {
                return [first]; // no IPv6 on this machine
            }
        }
    }

    private static Socket Listen(IPEndPoint endPoint)
    {
        Socket socket = new(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endPoint);
            socket.Listen();
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task AcceptAsync(Socket listener)
    {
        List<Task> serving = [];
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await listener.AcceptAsync(_stopping.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        await using NetworkStream stream = new(client, ownsSocket: true);
        try
        {
            await _serve(stream);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // The client went away. The test sees it from the client's side.
        }
    }
}
