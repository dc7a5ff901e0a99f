using System.Globalization;
using System.Net;
using System.Net.Sockets;
using GostNet.Interop.Tests.Targets;
using GostNet.Tests.Shared;

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

    /// <summary>The same as text, <c>host:port</c>.</summary>
    public static string Address(this Forwarder forwarder) => At(forwarder.Port());

    /// <summary>A port of this machine as text, <c>host:port</c>.</summary>
    public static string At(int port) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");

    /// <summary>A builder that takes URLs as GOST means them, and as our program does.</summary>
    /// <param name="serve">What to serve.</param>
    /// <param name="via">The nodes to go through.</param>
    public static ForwardBuilder Of(string serve, params ReadOnlySpan<string> via)
    {
        ForwardBuilder builder = new ForwardBuilder().UseUnverifiedPeers(UnverifiedPeers.Warn).Serve(serve);
        foreach (string node in via)
        {
            builder.Via(node);
        }

        return builder;
    }

    /// <summary>Connects a client to the first forward.</summary>
    public static async Task<Socket> ConnectAsync(this Forwarder forwarder)
    {
        Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, forwarder.Port());
        return client;
    }

    /// <summary>Connects a client that the first forward cannot serve: it reads nothing but the end, or a reset, which may be there before
    /// the connection is ready.</summary>
    public static async Task AssertTurnedAwayAsync(this Forwarder forwarder)
    {
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, forwarder.Port());
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return;
        }

        Assert.Equal(0, await AnswerTarget.CountAsync(client).OrFail());
    }
}
