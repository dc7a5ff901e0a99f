using GostNet.Diagnostics;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Forwarding;

/// <summary>Flows of datagrams through a local UDP forward (gost-nodes, section 2.2), in memory.</summary>
public sealed class LocalUdpForwardTests
{
    [Fact]
    public async Task Flow_OfEachClient_GetsItsOwnAnswers()
    {
        await using var scene = new ForwardScene();
        await using IDatagramListener target = await scene.ListenDatagramsAsync("a");
        await scene.StartUdpAsync("a");
        await using IDatagramSocket one = await scene.OpenClientAsync();
        await using IDatagramSocket two = await scene.OpenClientAsync();
        Received fromOne = await PassAsync(one, target, "one");
        Received fromTwo = await PassAsync(two, target, "two");
        await PassAsync(one, target, "one again");

        Assert.NotEqual(fromOne.Source, fromTwo.Source);
        await target.AnswerAsync(fromTwo, "for two");
        await target.AnswerAsync(fromOne, "for one");
        Assert.Equal("for one", await one.ReceiveTextAsync());
        Assert.Equal("for two", await two.ReceiveTextAsync());
        Assert.Equal(2, scene.Forward.TotalConnections);
        Assert.Equal(2, scene.Forwarder.Connections.Count);
    }

    [Fact]
    public async Task Flow_Ends_ReportsBytesTargetAndClient()
    {
        await using var scene = new ForwardScene();
        await using IDatagramListener target = await scene.ListenDatagramsAsync("a");
        await scene.StartUdpAsync("a");
        await using IDatagramSocket client = await scene.OpenClientAsync();
        Received received = await PassAsync(client, target, "12345");
        await target.AnswerAsync(received, "1234567");
        await client.ReceiveTextAsync();
        await PassAsync(client, target, ""); // by now the first two are counted
        (await scene.NextOpenedAsync()).Abort();

        ForwardedConnection connection = await scene.NextClosedAsync();
        Assert.Equal(ConnectionEnd.Aborted, connection.End);
        Assert.Equal(5, connection.BytesFromClient);
        Assert.Equal(7, connection.BytesFromTarget);
        Assert.Equal(ForwardScene.At("a"), connection.Target);
        Assert.Equal(client.LocalEndPoint, connection.Client);
        Assert.Empty(scene.Forwarder.Connections);
    }

    [Fact]
    public async Task Flows_WithSeveralTargets_TakeTurnsAndStayWithTheirs()
    {
        await using var scene = new ForwardScene();
        await using IDatagramListener a = await scene.ListenDatagramsAsync("a");
        await using IDatagramListener b = await scene.ListenDatagramsAsync("b");
        await scene.StartUdpAsync("ab");
        await using IDatagramSocket one = await scene.OpenClientAsync();
        await using IDatagramSocket two = await scene.OpenClientAsync();
        await PassAsync(one, a, "1");
        await PassAsync(two, b, "2");

        Received again = await PassAsync(one, a, "3");
        await PassAsync(two, b, "4");
        Assert.Equal("3", again.Text);
    }

    [Fact]
    public async Task Flow_EmptyDatagrams_AreCarriedBothWays()
    {
        await using var scene = new ForwardScene();
        await using IDatagramListener target = await scene.ListenDatagramsAsync("a");
        await scene.StartUdpAsync("a");
        await using IDatagramSocket client = await scene.OpenClientAsync();
        Received received = await PassAsync(client, target, "");
        await PassAsync(client, target, "");
        await target.AnswerAsync(received, "");

        Assert.Equal("", await client.ReceiveTextAsync());
        Assert.Equal(0, scene.Forward.DroppedDatagrams);
    }

    [Fact]
    public async Task FlowTimeout_NoDatagram_EndsTheFlowAndTheNextDatagramBeginsAnother()
    {
        await using var scene = new ForwardScene();
        await using IDatagramListener target = await scene.ListenDatagramsAsync("a");
        await scene.StartUdpAsync("a");
        await using IDatagramSocket client = await scene.OpenClientAsync();
        Received first = await PassAsync(client, target, "1");
        scene.Time.Advance(TimeSpan.FromSeconds(60) - TimeSpan.FromTicks(1));
        Assert.Single(scene.Forwarder.Connections);
        scene.Time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(ConnectionEnd.IdleTimeout, (await scene.NextClosedAsync()).End);
        Received second = await PassAsync(client, target, "2");
        Assert.NotEqual(first.Source, second.Source);
        Assert.Equal(2, scene.Forward.TotalConnections);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FlowTimeout_DatagramsOneWay_KeepTheFlow(bool fromClient)
    {
        await using var scene = new ForwardScene();
        await using IDatagramListener target = await scene.ListenDatagramsAsync("a");
        await scene.StartUdpAsync("a", new() { FlowTimeout = TimeSpan.FromSeconds(10) });
        await using IDatagramSocket client = await scene.OpenClientAsync();
        Received received = await PassAsync(client, target, "hello");
        for (int i = 0; i < 5; i++)
        {
            scene.Time.Advance(TimeSpan.FromSeconds(9));
            if (fromClient)
            {
                await PassAsync(client, target, "again");
            }
            else
            {
                await target.AnswerAsync(received, "again");
                await client.ReceiveTextAsync();
            }
        }

        Assert.Single(scene.Forwarder.Connections);
        scene.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(ConnectionEnd.IdleTimeout, (await scene.NextClosedAsync()).End);
    }

    [Fact]
    public async Task MaxFlows_OneMore_EvictsTheIdlest()
    {
        await using var scene = new ForwardScene();
        await using IDatagramListener target = await scene.ListenDatagramsAsync("a");
        await scene.StartUdpAsync("a", new() { MaxFlows = 2 });
        await using IDatagramSocket one = await scene.OpenClientAsync();
        await using IDatagramSocket two = await scene.OpenClientAsync();
        await using IDatagramSocket three = await scene.OpenClientAsync();
        await PassAsync(one, target, "1");
        scene.Time.Advance(TimeSpan.FromSeconds(1));
        await PassAsync(two, target, "2");
        scene.Time.Advance(TimeSpan.FromSeconds(1));
        await PassAsync(one, target, "1"); // now two is the idlest
        await PassAsync(three, target, "3");

        ForwardedConnection evicted = await scene.NextClosedAsync();
        Assert.Equal(ConnectionEnd.Evicted, evicted.End);
        Assert.Equal(two.LocalEndPoint, evicted.Client);
        Assert.Equal(2, scene.Forwarder.Connections.Count);
    }

    [Fact]
    public async Task Backlog_TooManyFlowsWaitForTheirTarget_DropsAndCounts()
    {
        await using var scene = new ForwardScene();
        scene.Network.Hang(ForwardScene.At("a"), 2);
        await using IDatagramListener target = await scene.ListenDatagramsAsync("a");
        await scene.StartUdpAsync("a", new() { Backlog = 2, DialTimeout = Timeout.InfiniteTimeSpan });
        await using IDatagramSocket one = await scene.OpenClientAsync();
        await using IDatagramSocket two = await scene.OpenClientAsync();
        await using IDatagramSocket three = await scene.OpenClientAsync();
        await one.SendTextAsync("1");
        await two.SendTextAsync("2");
        await three.SendTextAsync("3");

        LogEntry dropped = await scene.Log.WaitForAsync(LogEventIds.DatagramDropped).OrFail();
        Assert.Contains("too many flows wait", dropped.Message, StringComparison.Ordinal);
        Assert.Equal(1, scene.Forward.DroppedDatagrams);
        (await scene.NextOpenedAsync()).Abort(); // makes room
        await scene.NextClosedAsync();
        await PassAsync(three, target, "3 again");
    }

    [Fact]
    public async Task QueueLength_TargetIsStillBeingOpened_KeepsSoManyInOrderAndDropsTheRest()
    {
        await using var scene = new ForwardScene();
        scene.Network.Hang(ForwardScene.At("a"));
        await using IDatagramListener b = await scene.ListenDatagramsAsync("b");
        await scene.StartUdpAsync("ab", new() { QueueLength = 3, Attempts = 2 });
        await using IDatagramSocket client = await scene.OpenClientAsync();
        foreach (string text in new[] { "1", "2", "3", "4", "5" })
        {
            await client.SendTextAsync(text);
        }

        await scene.Log.WaitForAsync(LogEventIds.DatagramDropped, 2).OrFail();
        scene.Time.Advance(TimeSpan.FromSeconds(5)); // the first attempt has had its time
        Assert.Equal("1", (await b.ReceiveTextAsync()).Text);
        Assert.Equal("2", (await b.ReceiveTextAsync()).Text);
        Assert.Equal("3", (await b.ReceiveTextAsync()).Text);
        Assert.Equal(2, scene.Forward.DroppedDatagrams);
        await PassAsync(client, b, "6");
    }

    [Fact]
    public async Task Target_Refuses_EndsTheFlowIsChargedAndTheNextDatagramGoesElsewhere()
    {
        await using var scene = new ForwardScene();
        await using IDatagramListener b = await scene.ListenDatagramsAsync("b");
        await scene.StartUdpAsync("ab", new() { Selection = new() { Strategy = SelectionStrategy.Fifo } });
        await using IDatagramSocket client = await scene.OpenClientAsync();
        await client.SendTextAsync("1");

        ForwardedConnection connection = await scene.NextClosedAsync();
        Assert.Equal(ConnectionEnd.TargetRefused, connection.End);
        Assert.Equal(ForwardError.ConnectionRefused, Assert.IsType<ForwardException>(connection.Error).Error);
        Assert.Equal(ForwardScene.At("a"), connection.Target);
        Assert.Equal("a:1", scene.Log.WithId(LogEventIds.NodeDied).Single().Values["Node"]);
        await PassAsync(client, b, "2");
    }

    [Theory]
    [InlineData(true, ConnectionEnd.Failed)]
    [InlineData(false, ConnectionEnd.Aborted)]
    public async Task Send_Fails_EndsTheFlowOnlyIfTheTargetIsToBlame(bool targetFault, ConnectionEnd expected)
    {
        await using var scene = new ForwardScene();
        await scene.StartUdpAsync("ab");
        await using IDatagramSocket client = await scene.OpenClientAsync();
        scene.Recorded.SendFailure = new ForwardException(ForwardError.HostUnreachable, "no route") { IsTargetFault = targetFault };
        await client.SendTextAsync("1");
        await scene.Log.WaitForAsync(LogEventIds.DatagramDropped).OrFail();
        if (!targetFault)
        {
            await client.SendTextAsync("2");
            await scene.Log.WaitForAsync(LogEventIds.DatagramDropped, 2).OrFail();
            (await scene.NextOpenedAsync()).Abort();
        }

        Assert.Equal(expected, (await scene.NextClosedAsync()).End);
        Assert.Equal(1, scene.Forward.TotalConnections);
        Assert.Equal(targetFault ? 1 : 0, scene.Log.WithId(LogEventIds.NodeDied).Count);
    }

    [Fact]
    public async Task Receive_FailsSucceedsAndFails_PausesFromTheStartAgain()
    {
        await using var scene = new ForwardScene();
        await using IDatagramListener target = await scene.ListenDatagramsAsync("a");
        scene.Recorded.FailReceives = 2;
        await scene.StartUdpAsync("a");
        await scene.PassPauseAsync(1, 5);
        await scene.PassPauseAsync(2, 10);
        await using IDatagramSocket client = await scene.OpenClientAsync();
        await PassAsync(client, target, "1");
        scene.Recorded.FailReceives = 1;
        await client.SendTextAsync("2"); // comes before the failure if it was being waited for already, or else behind it
        await scene.PassPauseAsync(3, 5, otherTimers: 1);
        Assert.Equal("2", (await target.ReceiveTextAsync()).Text);
        await PassAsync(client, target, "3");
        Assert.Equal(ForwardState.Listening, scene.Forward.State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Target_ReturnsAfterItRefused_RevivesByAnAnswerOrByRefusingNothingUntilTheFlowEnds(bool answers)
    {
        await using var scene = new ForwardScene();
        await using IDatagramListener b = await scene.ListenDatagramsAsync("b");
        await scene.StartUdpAsync("ab", new() { Selection = new() { Strategy = SelectionStrategy.Fifo } });
        await using IDatagramSocket client = await scene.OpenClientAsync();
        await client.SendTextAsync("1");
        await scene.NextClosedAsync();
        await using IDatagramListener a = await scene.ListenDatagramsAsync("a");
        scene.Time.Advance(TimeSpan.FromSeconds(30));
        Received trial = await PassAsync(client, a, "2");
        Assert.Empty(scene.Log.WithId(LogEventIds.NodeRevived));
        if (answers)
        {
            await a.AnswerAsync(trial, "here");
            await client.ReceiveTextAsync();
        }
        else
        {
            scene.Time.Advance(TimeSpan.FromSeconds(60));
            await scene.NextClosedAsync();
        }

        Assert.Single(scene.Log.WithId(LogEventIds.NodeRevived));
    }

    [Fact]
    public async Task Name_IsNotResolved_TriesAnotherTargetWithTheSameDatagram()
    {
        await using var scene = new ForwardScene();
        scene.Network.Fail(ForwardScene.At("a"), ForwardError.NameNotResolved);
        await using IDatagramListener b = await scene.ListenDatagramsAsync("b");
        await scene.StartUdpAsync("ab", new() { Attempts = 2 });
        await using IDatagramSocket client = await scene.OpenClientAsync();

        await PassAsync(client, b, "1");
        Assert.Equal("a:1", scene.Log.WithId(LogEventIds.NodeDied).Single().Values["Node"]);
        Assert.Equal(0, scene.Forward.DroppedDatagrams);
    }

    [Fact]
    public async Task Name_OfTheOnlyTargetIsNotResolved_EndsTheFlowAndDropsItsDatagrams()
    {
        await using var scene = new ForwardScene();
        scene.Network.Fail(ForwardScene.At("a"), ForwardError.NameNotResolved, int.MaxValue);
        await scene.StartUdpAsync("a", new() { Attempts = 3 });
        await using IDatagramSocket client = await scene.OpenClientAsync();
        await client.SendTextAsync("1");

        ForwardedConnection connection = await scene.NextClosedAsync();
        Assert.Equal(ConnectionEnd.DialFailed, connection.End);
        Assert.Equal(ForwardError.NameNotResolved, Assert.IsType<ForwardException>(connection.Error).Error);
        Assert.Equal(3, scene.TargetDials.Count());
        Assert.Equal(1, scene.Forward.DroppedDatagrams);
        Assert.Equal(3, scene.Log.WithId(LogEventIds.DialGivenUp).Single().Values["Attempts"]);
    }

    [Fact]
    public async Task Selector_Throws_EndsThatFlowOnly()
    {
        await using var scene = new ForwardScene();
        await using IDatagramListener a = await scene.ListenDatagramsAsync("a");
        var selector = new FailOnceSelector();
        await scene.StartUdpAsync("ab", new() { Selection = new() { Selector = selector } });
        await using IDatagramSocket client = await scene.OpenClientAsync();
        await client.SendTextAsync("1");

        ForwardedConnection connection = await scene.NextClosedAsync();
        Assert.Equal(ConnectionEnd.Failed, connection.End);
        Assert.IsType<NotSupportedException>(connection.Error);
        await PassAsync(client, a, "2");
    }

    [Fact]
    public async Task Abort_WhileTheTargetIsBeingOpened_GivesUp()
    {
        await using var scene = new ForwardScene();
        scene.Network.Hang(ForwardScene.At("a"));
        await scene.StartUdpAsync("a", new() { DialTimeout = Timeout.InfiniteTimeSpan });
        await using IDatagramSocket client = await scene.OpenClientAsync();
        await client.SendTextAsync("1");
        await scene.Network.WaitForDialsAsync(2).OrFail();
        (await scene.NextOpenedAsync()).Abort();

        Assert.Equal(ConnectionEnd.Aborted, (await scene.NextClosedAsync()).End);
        Assert.Empty(scene.Log.WithId(LogEventIds.DialGivenUp));
    }

    [Fact]
    public async Task Abort_ByTheOpenedHandler_DialsNobody()
    {
        await using var scene = new ForwardScene();
        scene.WhenOpened = connection => connection.Abort();
        await scene.StartUdpAsync("a");
        await using IDatagramSocket client = await scene.OpenClientAsync();
        await client.SendTextAsync("1");

        Assert.Equal(ConnectionEnd.Aborted, (await scene.NextClosedAsync()).End);
        Assert.Empty(scene.TargetDials);
        Assert.Equal(1, scene.Forward.DroppedDatagrams);
    }

    [Fact]
    public async Task StopAsync_FlowsAreOpen_EndsThemWithoutADrain()
    {
        await using var scene = new ForwardScene();
        await using IDatagramListener target = await scene.ListenDatagramsAsync("a");
        await scene.StartUdpAsync("a");
        await using IDatagramSocket client = await scene.OpenClientAsync();
        await PassAsync(client, target, "1");
        await scene.Forwarder.StopAsync(Timeout.InfiniteTimeSpan).OrFail();

        Assert.Equal(ConnectionEnd.Aborted, (await scene.NextClosedAsync()).End);
        Assert.Equal(ForwardState.Stopped, scene.Forward.State);
        await using IDatagramListener free = await scene.Network.ListenDatagramsAsync(ForwardScene.Front);
    }

    [Fact]
    public async Task Flows_OfTwoHundredClients_GetTheirOwnDistinctAnswers()
    {
        await using var scene = new ForwardScene();
        await using IDatagramListener target = await scene.ListenDatagramsAsync("a");
        await scene.StartUdpAsync("a");
        await EchoClients.RunAsync(scene.Network, ForwardScene.Front, target, clients: 200, datagramsEach: 5);

        Assert.Equal(200, scene.Forward.TotalConnections);
        Assert.Equal(0, scene.Forward.DroppedDatagrams);
    }

    /// <summary>Sends a datagram through the forward and takes it at the target.</summary>
    private static async Task<Received> PassAsync(IDatagramSocket client, IDatagramListener target, string text)
    {
        await client.SendTextAsync(text);
        Received received = await target.ReceiveTextAsync();
        Assert.Equal(text, received.Text);
        return received;
    }

    private sealed class FailOnceSelector : INodeSelector
    {
        private int _calls;

        public Node? SelectNode(IReadOnlyList<Node> candidates) =>
            Interlocked.Increment(ref _calls) == 1 ? throw new NotSupportedException() : candidates[0];
    }
}
