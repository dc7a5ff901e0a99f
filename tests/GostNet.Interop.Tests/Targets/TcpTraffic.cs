using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace GostNet.Interop.Tests.Targets;

/// <summary>Clients of a target that sends everything back.</summary>
internal static class TcpTraffic
{
    /// <summary>Sends bytes of its own, ends that direction, and reads to the end: the same must come back.</summary>
    /// <param name="endPoint">Where to connect.</param>
    /// <param name="seed">What the bytes are made of.</param>
    /// <param name="size">How many there are.</param>
    public static async Task AssertEchoedAsync(EndPoint endPoint, int seed, int size = 1 << 20)
    {
        using Socket client = await ConnectAsync(endPoint);
        await AssertEchoedAsync(client, seed, size);
    }

    /// <summary>The same over a connection that is there already.</summary>
    public static async Task AssertEchoedAsync(Socket client, int seed, int size = 1 << 20)
    {
        byte[] sent = new byte[size];
        new Random(seed).NextBytes(sent);
        await using NetworkStream stream = new(client, ownsSocket: false);
        using MemoryStream received = new(size);
        Task receiving = stream.CopyToAsync(received);
        await stream.WriteAsync(sent);
        client.Shutdown(SocketShutdown.Send);
        await receiving;
        Assert.Equal(sent, received.ToArray());
    }

    /// <summary>Sends bytes of its own and reads as many, which must be the same, before it ends anything: for what lies between and ends
    /// both directions when one ends.</summary>
    public static async Task AssertEchoedWhileOpenAsync(EndPoint endPoint, int seed, int size = 1 << 20)
    {
        using Socket client = await ConnectAsync(endPoint);
        await AssertEchoedWhileOpenAsync(client, seed, size);
    }

    /// <summary>The same over a connection that is there already, and stays.</summary>
    public static async Task AssertEchoedWhileOpenAsync(Socket client, int seed, int size = 1 << 20)
    {
        byte[] sent = new byte[size];
        new Random(seed).NextBytes(sent);
        byte[] received = new byte[size];
        await using NetworkStream stream = new(client, ownsSocket: false);
        Task receiving = stream.ReadExactlyAsync(received).AsTask();
        await stream.WriteAsync(sent);
        await receiving;
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(received));
    }

    public static async Task<Socket> ConnectAsync(EndPoint endPoint)
    {
        Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await client.ConnectAsync(endPoint);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}
