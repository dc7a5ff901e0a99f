using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using GostNet.Diagnostics;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Forwarding;

/// <summary>Three targets, of which one dies and returns under load: no client sees an error, and the dead one gets one trial for each
/// fail_timeout (gost-nodes, sections 3.3 and 3.4).</summary>
public sealed class FailoverTests
{
    private const int Clients = 60;
    private static readonly TimeSpan FailTimeout = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Target_DiesAndReturnsInMemory_NoClientSeesAnErrorAndThereIsOneTrialForEachFailTimeout()
    {
        await using var scene = new ForwardScene();
        await using var a = new NamingServer("a", await scene.ListenAsync("a"));
        await using var b = new NamingServer("b", await scene.ListenAsync("b"));
        await using var c = new NamingServer("c", await scene.ListenAsync("c"));
        await scene.StartTcpAsync("abc", new() { Attempts = 2 });
        Task<string> ask() => AskAsync(scene.Network.Dialer, ForwardScene.Front);
        int trials() => scene.TargetDials.Count(target => target == ForwardScene.At("a"));

        Assert.Equal("abc", await LoadAsync(ask));
        Task<string> load = LoadAsync(ask);
        scene.Network.Fail(ForwardScene.At("a"), ForwardError.ConnectionRefused, int.MaxValue);
        await load;
        Assert.Equal("bc", await LoadAsync(ask));
        for (int i = 0; i < 3; i++)
        {
            int before = trials();
            scene.Time.Advance(FailTimeout - TimeSpan.FromTicks(1));
            Assert.Equal("bc", await LoadAsync(ask));
            Assert.Equal(before, trials());
            scene.Time.Advance(TimeSpan.FromTicks(1));
            Assert.Equal("bc", await LoadAsync(ask));
            Assert.Equal(before + 1, trials());
        }

        scene.Time.Advance(FailTimeout);
        load = LoadAsync(ask);
        scene.Network.Restore(ForwardScene.At("a"));
        await load;
        scene.Time.Advance(FailTimeout);
        await LoadAsync(ask);
        Assert.Equal("abc", await LoadAsync(ask));
        Assert.Single(scene.Log.WithId(LogEventIds.NodeDied));
        Assert.Single(scene.Log.WithId(LogEventIds.NodeRevived));
        Assert.Empty(scene.Log.WithId(LogEventIds.DialGivenUp));
    }

    [Fact]
    public async Task Target_DiesAndReturnsOnLoopback_NoClientSeesAnErrorAndThereIsOneTrialForEachFailTimeout()
    {
        await using var scene = new LoopbackScene();
        using Socket place = HoldPort();
        HostEndPoint placeOfA = (IPEndPoint)place.LocalEndPoint!;
        var a = new NamingServer("a", await scene.Network.ListenAsync(placeOfA));
        await using var b = new NamingServer("b", await scene.ListenAsync());
        await using var c = new NamingServer("c", await scene.ListenAsync());
        await scene.StartTcpAsync(new() { Attempts = 2 }, a.EndPoint, b.EndPoint, c.EndPoint);
        Task<string> ask() => AskAsync(scene.Network.Dialer, scene.Front);
        int failures() => scene.Log.WithId(LogEventIds.DialFailed).Count;

        Assert.Equal("abc", await LoadAsync(ask));
        await a.DisposeAsync();
        Assert.Equal("bc", await LoadAsync(ask));
        for (int i = 0; i < 3; i++)
        {
            int before = failures();
            Assert.Equal("bc", await LoadAsync(ask));
            Assert.Equal(before, failures());
            scene.Time.Advance(FailTimeout);
            Assert.Equal("bc", await LoadAsync(ask));
            Assert.Equal(before + 1, failures());
        }

        await using var returned = new NamingServer("a", await scene.Network.ListenAsync(placeOfA));
        scene.Time.Advance(FailTimeout);
        await LoadAsync(ask);
        Assert.Equal("abc", await LoadAsync(ask));
        Assert.Empty(scene.Log.WithId(LogEventIds.DialGivenUp));
    }

    /// <summary>Many clients at the same time; an error of any of them fails the test.</summary>
    /// <returns>The names of the servers that answered, each once, in order.</returns>
    private static async Task<string> LoadAsync(Func<Task<string>> ask)
    {
        string[] names = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(ask))).OrFail();
        return string.Concat(names.Distinct().Order());
    }

    private static async Task<string> AskAsync(IDialer dialer, HostEndPoint front)
    {
        await using IConnection client = await dialer.DialAsync(front);
        await client.SendAndEndAsync("who?"u8.ToArray());
        byte[] answer = await client.ReadToEndAsync();
        Assert.NotEmpty(answer);
        return System.Text.Encoding.ASCII.GetString(answer);
    }

    /// <summary>Holds a port without listening on it: connections are refused there, until a listener joins.</summary>
    private static Socket HoldPort()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // .NET lets addresses be shared by sockets that do not listen
        return socket;
    }

    /// <summary>Answers each question with its name.</summary>
    private sealed class NamingServer : IAsyncDisposable
    {
        private readonly IListener _listener;
        private readonly Task _serving;

        public NamingServer(string name, IListener listener)
        {
            _listener = listener;
            _serving = ServeAsync(System.Text.Encoding.ASCII.GetBytes(name));
        }

        public EndPoint EndPoint => _listener.LocalEndPoint;

        public async ValueTask DisposeAsync()
        {
            await _listener.DisposeAsync();
            await _serving.OrFail();
        }

        private async Task ServeAsync(byte[] name)
        {
            var serving = new ConcurrentBag<Task>();
            while (await _listener.AcceptAsync() is { } connection)
            {
                serving.Add(AnswerAsync(connection, name));
            }

            await Task.WhenAll(serving);
        }

        private static async Task AnswerAsync(IConnection connection, byte[] name)
        {
            await using (connection)
            {
                await connection.ReadToEndAsync();
                await connection.SendAndEndAsync(name);
            }
        }
    }
}
