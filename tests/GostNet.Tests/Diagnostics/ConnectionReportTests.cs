using GostNet.Diagnostics;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Diagnostics;

/// <summary>What is told of a connection: events, log, metrics.</summary>
public sealed class ConnectionReportTests
{
    [Fact]
    public async Task Events_OfAConnection_ComeInPairsFromItsForward()
    {
        await using var scene = new ForwardScene();
        List<(string Event, object? Sender, long Id)> told = [];
        scene.Builder.LocalTcp("front:1", "a:1");
        scene.Forwarder.ConnectionOpened += (sender, e) => told.Add(("opened", sender, e.Connection.Id));
        scene.Forwarder.ConnectionClosed += (sender, e) => told.Add(("closed", sender, e.Connection.Id));
        await scene.Forwarder.StartAsync().OrFail();
        for (int i = 0; i < 2; i++)
        {
            await scene.ConnectAsync();
            await scene.Log.WaitForAsync(LogEventIds.ConnectionClosed, i + 1).OrFail();
            await scene.NextClosedAsync();
        }

        await scene.Forwarder.StopAsync().OrFail(); // what is told last is told by now
        Assert.Equal(
            [("opened", scene.Forward, 1), ("closed", scene.Forward, 1), ("opened", scene.Forward, 2), ("closed", scene.Forward, 2)],
            told);
    }

    [Fact]
    public async Task Events_AHandlerThrows_IsLoggedAndTheOthersAndTheConnectionGoOn()
    {
        await using var scene = new ForwardScene();
        await using IListener target = await scene.ListenAsync("a");
        scene.WhenOpened = _ => throw new NotSupportedException("my mistake");
        await scene.StartTcpAsync("a");
        (InMemoryConnection client, InMemoryConnection accepted) = await scene.ConnectAsync(target);
        await client.SendAndEndAsync([1]).OrFail();

        Assert.Equal([1], await accepted.ReadToEndAsync().OrFail());
        Assert.Equal(1, (await scene.NextOpenedAsync()).Id); // a handler that was added later
        LogEntry entry = scene.Log.WithId(LogEventIds.EventHandlerFailed).Single();
        Assert.Equal("ConnectionOpened", entry.Values["EventName"]);
        Assert.Equal("my mistake", entry.Exception!.Message);
    }

    [Fact]
    public async Task Log_OfAConnection_NamesItAlikeAndGivesBytesAndReason()
    {
        await using var scene = new ForwardScene();
        await using IListener target = await scene.ListenAsync("a");
        await scene.StartTcpAsync("a");
        (InMemoryConnection client, InMemoryConnection accepted) = await scene.ConnectAsync(target);
        await client.Stream.WriteAsync(new byte[5]).OrFail();
        await accepted.ReadAsync(5).OrFail();
        await accepted.Stream.WriteAsync(new byte[7]).OrFail();
        await client.ReadAsync(7).OrFail();
        scene.Time.Advance(TimeSpan.FromSeconds(2));
        (await scene.NextOpenedAsync()).Abort();
        LogEntry closed = await scene.Log.WaitForAsync(LogEventIds.ConnectionClosed).OrFail();
        LogEntry opened = scene.Log.WithId(LogEventIds.ConnectionOpened).Single();

        Assert.Equal(LogCategories.Forward, closed.Category);
        Assert.Equal(opened.Values["ConnectionId"], closed.Values["ConnectionId"]);
        Assert.Equal(client.LocalEndPoint, opened.Values["Client"]);
        Assert.Equal(ForwardScene.At("a"), opened.Values["Target"]);
        Assert.Equal(ConnectionEnd.Aborted, closed.Values["Reason"]);
        Assert.Equal(5L, closed.Values["BytesFromClient"]);
        Assert.Equal(7L, closed.Values["BytesFromTarget"]);
        Assert.Equal(2.0, closed.Values["Seconds"]);
    }

    [Fact]
    public async Task Metrics_OfAConnection_CountItInAndOut()
    {
        await using var scene = new ForwardScene();
        await using IListener target = await scene.ListenAsync("a");
        await scene.StartTcpAsync("a", new() { Name = "web" });
        (InMemoryConnection client, InMemoryConnection accepted) = await scene.ConnectAsync(target);
        Assert.Equal([1.0], scene.Meters.Of("gostnet.active_connections").Select(m => m.Value));
        scene.Time.Advance(TimeSpan.FromSeconds(3));
        await client.SendAndEndAsync(new byte[5]).OrFail();
        await accepted.SendAndEndAsync(new byte[7]).OrFail();
        await client.ReadToEndAsync().OrFail();
        await scene.NextClosedAsync();

        Assert.Equal([1.0, -1.0], scene.Meters.Of("gostnet.active_connections").Select(m => m.Value));
        Assert.All(scene.Meters.Of("gostnet.active_connections"), m =>
            Assert.Equal(new() { ["gostnet.forward"] = "web", ["network.transport"] = "tcp" }, Tags(m)));
        Assert.Equal(
            [(5.0, "transmit"), (7.0, "receive")],
            scene.Meters.Of("gostnet.connection.io").Select(m => (m.Value, m.Tags["network.io.direction"])));
        RecordingMeterFactory.Measurement duration = Assert.Single(scene.Meters.Of("gostnet.connection.duration"));
        Assert.Equal(3.0, duration.Value);
        Assert.False(duration.Tags.ContainsKey("error.type"));
    }

    [Fact]
    public async Task Metrics_OfAFailedDial_NameTheTargetAndTheReason()
    {
        await using var scene = new ForwardScene();
        scene.Network.Hang(ForwardScene.At("a"));
        await scene.StartTcpAsync("a", new() { HalfOpenTimeout = Timeout.InfiniteTimeSpan });
        await scene.ConnectAsync();
        await scene.Time.WaitForTimersAsync(1).OrFail();
        scene.Time.Advance(TimeSpan.FromSeconds(5));
        await scene.NextClosedAsync();

        RecordingMeterFactory.Measurement dial = Assert.Single(scene.Meters.Of("gostnet.dial.duration"));
        Assert.Equal(5.0, dial.Value);
        Assert.Equal(new() { ["server.address"] = "a", ["server.port"] = 1, ["error.type"] = "TimedOut" }, Tags(dial));
        Assert.Equal("DialFailed", Assert.Single(scene.Meters.Of("gostnet.connection.duration")).Tags["error.type"]);
    }

    [Fact]
    public async Task Metrics_OfADroppedDatagram_AreCounted()
    {
        await using var scene = new ForwardScene();
        scene.Network.Fail(ForwardScene.At("a"), ForwardError.NameNotResolved);
        await scene.StartUdpAsync("a", new() { Name = "dns" });
        await using IDatagramSocket client = await scene.OpenClientAsync();
        await client.SendAsync(new byte[9]).OrFail();
        await scene.NextClosedAsync();

        RecordingMeterFactory.Measurement dropped = Assert.Single(scene.Meters.Of("gostnet.datagrams.dropped"));
        Assert.Equal(1.0, dropped.Value);
        Assert.Equal(new() { ["gostnet.forward"] = "dns" }, Tags(dropped));
        Assert.Equal(1, scene.Forward.DroppedDatagrams);
        Assert.Equal(9, scene.Log.WithId(LogEventIds.DatagramDropped).Single().Values["Size"]);
    }

    private static Dictionary<string, object?> Tags(RecordingMeterFactory.Measurement measurement) => new(measurement.Tags);
}
