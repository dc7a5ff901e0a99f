using System.Net.Sockets;
using GostNet.Interop.Tests.Targets;
using GostNet.Tests.Shared;

namespace GostNet.Interop.Tests.Tunnels;

/// <summary>One side ends its direction first, and what the other says then still arrives whole, through every transport between two ends
/// of ours.</summary>
public sealed class HalfCloseTests
{
    public static TheoryData<string, bool> Ways
    {
        get
        {
            TheoryData<string, bool> ways = [];
            foreach (string transport in TunnelTransports.Names)
            {
                ways.Add(transport, true);
                ways.Add(transport, false);
            }

            return ways;
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Forward_ClientEndsFirst_GetsTheAnswerWhole(string transport, bool isTunnel)
    {
        await using AnswerTarget target = new();
        await using TwoEnds ends = await TwoEnds.ForwardAsync(transport, isTunnel, target.Port);
        using Socket client = await ends.ConnectAsync();

        byte[] answer = await AnswerTarget.AskAsync(client).OrFail();

        Assert.Equal(AnswerTarget.Question, await target.Received.OrFail());
        Assert.Equal(AnswerTarget.Answer.Length, answer.Length);
        Assert.Equal(AnswerTarget.Answer, answer);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Forward_TargetEndsFirst_GetsAllThatTheClientSendsThen(string transport, bool isTunnel)
    {
        TaskCompletionSource<byte[]> received = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TcpTarget target = new(async stream =>
        {
            await stream.WriteAsync("first"u8.ToArray());
            stream.Socket.Shutdown(SocketShutdown.Send);
            using MemoryStream all = new();
            await stream.CopyToAsync(all);
            received.SetResult(all.ToArray());
        });
        await using TwoEnds ends = await TwoEnds.ForwardAsync(transport, isTunnel, target.Port);
        using Socket client = await ends.ConnectAsync();
        await using NetworkStream stream = new(client);
        using MemoryStream greeting = new();
        await stream.CopyToAsync(greeting).OrFail();

        await stream.WriteAsync(AnswerTarget.Question).OrFail();
        client.Shutdown(SocketShutdown.Send);

        Assert.Equal("first"u8.ToArray(), greeting.ToArray());
        Assert.Equal(AnswerTarget.Question, await received.Task.OrFail());
    }
}
