using System.Net.Sockets;
using GostNet.Diagnostics;
using GostNet.Interop.Tests.Targets;
using GostNet.Tests.Shared;

namespace GostNet.Interop.Tests.Tunnels;

/// <summary>Ends of tunnels that stop in order, go away, or never say a word.</summary>
public sealed class LifetimeTests : IDisposable
{
    private readonly RecordingLoggerFactory _log = new();

    public static TheoryData<string> Transports => TunnelTransports.All;

    public void Dispose() => _log.Dispose();

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Stop_OfTheServerDuringAnAnswer_DeliversItWhole(string transport)
    {
        await using AnswerTarget target = new();
        await using TwoEnds ends = await TwoEnds.ForwardAsync(transport, isTunnel: true, target.Port);
        await AssertDrainedAsync(ends, ends.Far, target);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Stop_OfTheClientDuringAnAnswer_DeliversItWhole(string transport)
    {
        await using AnswerTarget target = new();
        await using TwoEnds ends = await TwoEnds.ForwardAsync(transport, isTunnel: false, target.Port);
        await AssertDrainedAsync(ends, ends.Near, target);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Dispose_OfOneEnd_EndsTheConnectionsOfTheOther(string transport)
    {
        await using TcpTarget target = TcpTarget.Echo();
        foreach (bool isNear in (bool[])[true, false])
        {
            await using TwoEnds ends = await TwoEnds.ForwardAsync(transport, isTunnel: true, target.Port);
            using Socket client = await ends.ConnectAsync();
            await TcpTraffic.AssertEchoedWhileOpenAsync(client, seed: 1, size: 100).OrFail();
            (Forwarder one, Forwarder other) = isNear ? (ends.Near, ends.Far) : (ends.Far, ends.Near);

            await one.DisposeAsync().OrFail();

            Assert.Equal(0, await AnswerTarget.CountAsync(client).OrFail());
            client.Dispose(); // smux has no reset: to the other end it may have been the end of one direction
            await NoConnectionsAsync(other).OrFail();
        }
    }

    [Theory]
    [InlineData("forward+tls")]
    [InlineData("forward+mtls")]
    [InlineData("socks5+ws")]
    [InlineData("socks5+mwss")]
    public async Task Node_ThatSaysNothing_IsGivenUpAndAnotherOneTaken(string scheme)
    {
        await using TcpTarget silent = new(stream => stream.CopyToAsync(Stream.Null));
        await using TcpTarget target = TcpTarget.Echo();
        bool isTunnel = scheme.StartsWith("forward", StringComparison.Ordinal);
        string serve = isTunnel
            ? $"{scheme["forward+".Length..]}://{LocalForward.AnyPort}/{LocalForward.At(target.Port)}" : $"{scheme}://{LocalForward.AnyPort}";
        await using Forwarder far = await LocalForward.Of(serve).StartAsync();
        await using Forwarder near = await new ForwardBuilder()
            .UseUnverifiedPeers(UnverifiedPeers.Warn)
            .UseLoggerFactory(_log)
            .Serve($"tcp://{LocalForward.AnyPort}{(isTunnel ? "" : $"/{LocalForward.At(target.Port)}")}?retry=2")
            .Via($"{scheme}://{LocalForward.At(silent.Port)}?ip={LocalForward.At(silent.Port)},{far.Address()}&timeout=500ms&strategy=fifo")
            .StartAsync();

        await TcpTraffic.AssertEchoedAsync(near.Forwards[0].LocalEndPoint!, seed: 1).OrFail();
        await TcpTraffic.AssertEchoedAsync(near.Forwards[0].LocalEndPoint!, seed: 2).OrFail();

        Assert.Single(_log.WithId(LogEventIds.DialFailed)); // and the node is left out then
    }

    /// <summary>Begins an answer, stops one of the ends, and reads on.</summary>
    private static async Task AssertDrainedAsync(TwoEnds ends, Forwarder stopped, AnswerTarget target)
    {
        using Socket client = await ends.ConnectAsync();
        await client.SendAsync("question"u8.ToArray());
        client.Shutdown(SocketShutdown.Send);
        await target.Received.OrFail();

        Task stopping = stopped.StopAsync(Hang.Limit);
        long received = await AnswerTarget.CountAsync(client).OrFail();

        Assert.Equal(target.TotalLength, received);
        await stopping.OrFail();
    }

    private static async Task NoConnectionsAsync(Forwarder forwarder)
    {
        while (forwarder.Connections.Count > 0)
        {
            await Task.Yield();
        }
    }
}
