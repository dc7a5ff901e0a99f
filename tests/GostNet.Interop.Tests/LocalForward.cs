using System.Net;
using System.Net.Sockets;

namespace GostNet.Interop.Tests;

/// <summary>What the tests do with a forward of a local port time and again.</summary>
internal static class LocalForward
{
    /// <summary>Where such a forward listens.</summary>
    public const string AnyPort = "127.0.0.1:0";

    /// <summary>Builds the forwards and starts them.</summary>
    public static async Task<Forwarder> StartAsync(this ForwardBuilder builder)
    {
        Forwarder forwarder = builder.Build();
        await forwarder.StartAsync();
        return forwarder;
    }

    /// <summary>Where the first forward listens.</summary>
    public static int Port(this Forwarder forwarder) => ((IPEndPoint)forwarder.Forwards[0].LocalEndPoint!).Port;

    /// <summary>Connects a client to the first forward.</summary>
    public static async Task<Socket> ConnectAsync(this Forwarder forwarder)
    {
        Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, forwarder.Port());
        return client;
    }
}
