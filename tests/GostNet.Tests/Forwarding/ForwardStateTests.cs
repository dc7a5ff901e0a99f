using System.Net;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Forwarding;

/// <summary>The life of a forward only goes on, never back.</summary>
public sealed class ForwardStateTests
{
    private static readonly IPEndPoint Local = new(IPAddress.Loopback, 1);

    [Theory]
    [InlineData(ForwardState.Created, ForwardState.Connecting, true)]
    [InlineData(ForwardState.Created, ForwardState.Stopped, true)]
    [InlineData(ForwardState.Connecting, ForwardState.Listening, true)]
    [InlineData(ForwardState.Listening, ForwardState.BackingOff, true)]
    [InlineData(ForwardState.BackingOff, ForwardState.Connecting, true)]
    [InlineData(ForwardState.Connecting, ForwardState.Connecting, true)]
    [InlineData(ForwardState.Listening, ForwardState.Draining, true)]
    [InlineData(ForwardState.Listening, ForwardState.Faulted, true)]
    [InlineData(ForwardState.Draining, ForwardState.Stopped, true)]
    [InlineData(ForwardState.Draining, ForwardState.Faulted, true)]
    [InlineData(ForwardState.Draining, ForwardState.Listening, false)]
    [InlineData(ForwardState.Draining, ForwardState.BackingOff, false)]
    [InlineData(ForwardState.Stopped, ForwardState.Listening, false)]
    [InlineData(ForwardState.Stopped, ForwardState.Faulted, false)]
    [InlineData(ForwardState.Faulted, ForwardState.Draining, false)]
    [InlineData(ForwardState.Faulted, ForwardState.Stopped, false)]
    public void MoveTo_AState_IsDoneUnlessItLeadsBack(ForwardState from, ForwardState to, bool isDone)
    {
        Forward forward = Create();
        forward.MoveTo(from);

        Assert.Equal(isDone, forward.MoveTo(to));
        Assert.Equal(isDone ? to : from, forward.State);
    }

    [Theory]
    [InlineData(ForwardState.Draining)]
    [InlineData(ForwardState.Stopped)]
    [InlineData(ForwardState.Faulted)]
    public async Task WaitUntilListeningAsync_ItEnds_ThrowsWithTheReason(ForwardState end)
    {
        Forward forward = Create();
        forward.MoveTo(ForwardState.Connecting);
        Task<EndPoint> waiting = forward.WaitUntilListeningAsync();
        forward.Error = new IOException("the reason");
        forward.MoveTo(end);

        InvalidOperationException e = await Assert.ThrowsAsync<InvalidOperationException>(() => waiting.OrFail());
        Assert.Equal("the reason", e.InnerException!.Message);
    }

    [Fact]
    public async Task WaitUntilListeningAsync_Cancelled_StopsWaiting()
    {
        using var stop = new CancellationTokenSource();
        Task<EndPoint> waiting = Create().WaitUntilListeningAsync(stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.OrFail());
    }

    [Fact]
    public async Task WaitUntilListeningAsync_ManyWhileTheStateChanges_AllComeBack()
    {
        Forward forward = Create();
        forward.LocalEndPoint = Local;
        Task<EndPoint>[] waiting = [.. Enumerable.Range(0, 32).Select(_ => Task.Run(() => forward.WaitUntilListeningAsync()))];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                forward.MoveTo(i % 2 == 0 ? ForwardState.Connecting : ForwardState.BackingOff);
            }
        }))).OrFail();
        forward.MoveTo(ForwardState.Listening);

        Assert.All(await Task.WhenAll(waiting).OrFail(), local => Assert.Equal(Local, local));
    }

    /// <summary>However a stop and an end by itself meet, the first end stays.</summary>
    [Fact]
    public async Task MoveTo_TwoEndsAtOnce_OneIsDone()
    {
        for (int i = 0; i < 200; i++)
        {
            Forward forward = Create();
            forward.MoveTo(ForwardState.Listening);
            using var both = new Barrier(2);
            bool[] done = await Task.WhenAll(new[] { ForwardState.Faulted, ForwardState.Stopped }.Select(end => Task.Factory.StartNew(
                () =>
                {
                    both.SignalAndWait();
                    return forward.MoveTo(end);
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default))).OrFail();

            Assert.Single(done, isDone => isDone);
        }
    }

    private static Forward Create() => new(ForwardKind.RemoteTcp, "test", new("far", 1), []);
}
