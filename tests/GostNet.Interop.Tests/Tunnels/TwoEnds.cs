using System.Net.Sockets;
using GostNet.Tests.Shared;

namespace GostNet.Interop.Tests.Tunnels;

/// <summary>A server of ours, and a client of it that goes through it, both in this process.</summary>
internal sealed class TwoEnds : IAsyncDisposable
{
    private TwoEnds(Forwarder far, Forwarder near)
    {
        Far = far;
        Near = near;
    }

    public Forwarder Far { get; }

    public Forwarder Near { get; }

    /// <summary>Starts both.</summary>
    /// <param name="far">What the server serves.</param>
    /// <param name="near">What the client serves.</param>
    /// <param name="via">The node that the client goes through; <c>{far}</c> stands for the server's address.</param>
    public static async Task<TwoEnds> StartAsync(string far, string near, string via)
    {
        Forwarder server = await LocalForward.Of(far).StartAsync();
        try
        {
            return new(server, await LocalForward.Of(near, via.Replace("{far}", server.Address(), StringComparison.Ordinal)).StartAsync());
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a TCP forward through a server.</summary>
    /// <param name="transport">What is between them.</param>
    /// <param name="isTunnel">Whether the server has the target; if not, it is a SOCKS5 proxy.</param>
    /// <param name="target">The target's port.</param>
    public static Task<TwoEnds> ForwardAsync(string transport, bool isTunnel, int target) => isTunnel
        ? StartAsync(
            $"{transport}://{LocalForward.AnyPort}/{LocalForward.At(target)}",
            $"tcp://{LocalForward.AnyPort}",
            $"forward+{transport}://{{far}}")
        : StartAsync(
            $"socks5+{transport}://{LocalForward.AnyPort}",
            $"tcp://{LocalForward.AnyPort}/{LocalForward.At(target)}",
            $"socks5+{transport}://{{far}}");

    public Task<Socket> ConnectAsync() => Near.ConnectAsync();

    public async ValueTask DisposeAsync()
    {
        await Near.DisposeAsync().OrFail();
        await Far.DisposeAsync().OrFail();
    }
}
