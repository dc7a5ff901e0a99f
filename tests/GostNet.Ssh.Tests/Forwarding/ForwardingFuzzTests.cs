using GostNet.Ssh.Forwarding;
using GostNet.Ssh.Sessions;
using GostNet.Ssh.Wire;
using GostNet.Tests.Protocols;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Forwarding;

/// <summary>Peers that bend what they send: each gets an answer or is dropped, and nothing is left of it.</summary>
public sealed class ForwardingFuzzTests
{
    private static readonly byte[][] Messages =
    [
        ForwardingCodec.WriteOpening("db", 5432, null),
        ForwardingCodec.WriteOpening("[::1]", 80, null),
        ForwardingCodec.WriteOpening("localhost", 2222, null),
        ForwardingCodec.WriteAddress("localhost", 2222),
        ForwardingCodec.WriteAddress("", 0),
    ];

    private static readonly string[] Types = ["direct-tcpip", "direct-tcpip", "forwarded-tcpip", "session", "gost-tunnel"];
    private static readonly string[] Requests = ["tcpip-forward", "tcpip-forward", "cancel-tcpip-forward", "ping"];

    [Fact]
    public async Task Server_OfBentClients_AnswersEachAndKeepsNothing()
    {
        Random random = new(4254);
        byte[] space = new byte[512];
        (FakeSshConnection client, FakeSshConnection server) = FakeSshConnection.CreatePair();
        await using ForwardingServerSession session = new(server, new() { Permissions = new Permissions() });
        client.Handler = new ScriptedServer();
        server.Handler = session;
        List<IConnection> live = [];
        List<Task> asked = [];
        Task<IConnection?> accepting = session.AcceptAsync(default).AsTask();
        for (int i = Fuzz.Cases(10_000); i > 0; i--)
        {
            byte[] data = Fuzz.Bend(random, Messages, space).ToArray();
            asked.Add(random.Next(2) == 0
                ? client.OpenChannelAsync(Types[random.Next(Types.Length)], data, default).AsTask()
                : client.RequestAsync(Requests[random.Next(Requests.Length)], data, null, default).AsTask());
            while (!asked[^1].IsCompleted && accepting.IsCompleted)
            {
                live.Add((await accepting)!);
                accepting = session.AcceptAsync(default).AsTask();
            }

            while (live.Count > random.Next(8))
            {
                await EndAsync(live[0], random);
                live.RemoveAt(0);
            }
        }

        Task all = Task.WhenAll(asked);
        while (!all.IsCompleted)
        {
            if (accepting.IsCompleted)
            {
                live.Add((await accepting)!);
                accepting = session.AcceptAsync(default).AsTask();
            }

            foreach (IConnection request in live)
            {
                await EndAsync(request, random);
            }

            live.Clear();
            await Task.WhenAny(all, accepting).OrFail();
        }

        Assert.All(asked, task => Assert.True(
            task.IsCompletedSuccessfully || task.Exception?.InnerException is ChannelRefusedException or SshException, task.Exception?.ToString()));
        for (int i = 0; i < 64; i++)
        {
            // Every place for a port is free.
            Task<bool> asking = client.RequestAsync("tcpip-forward", ForwardingCodec.WriteAddress("localhost", 3000 + i), null, default).AsTask();
            ((IListenRequest)(await accepting.OrFail())!).Confirm(3000 + i);
            accepting = session.AcceptAsync(default).AsTask();
            Assert.True(await asking.OrFail());
        }
    }

    [Fact]
    public async Task Client_OfBentServers_AnswersEach()
    {
        Random random = new(4254);
        byte[] space = new byte[512];
        (FakeSshConnection near, FakeSshConnection far) = FakeSshConnection.CreatePair();
        ScriptedServer server = new();
        far.Handler = server;
        await using ForwardingClientSession session = await ForwardingClientSession.StartAsync("gate:22", handler =>
        {
            near.Handler = handler;
            return new(near);
        });
        var connection = (IForwardingConnection)await session.OpenAsync(default);
        Task<IListener> listening = connection.ListenAsync(new("localhost", 2222)).AsTask();
        (await server.RequestAsync()).Answer(isDone: true);
        IListener listener = await listening.OrFail();
        List<Task<IConnection>> opening = [];
        for (int i = Fuzz.Cases(10_000); i > 0; i--)
        {
            byte[] data = Fuzz.Bend(random, Messages, space).ToArray();
            opening.Add(far.OpenChannelAsync(Types[random.Next(Types.Length)], data, default).AsTask());
            Assert.False(await far.RequestAsync(Requests[random.Next(Requests.Length)], data, null, default).OrFail());
        }

        Assert.Contains(opening, task => !task.IsCompleted); // and wait to be accepted
        await listener.DisposeAsync();

        Task all = Task.WhenAll(opening);
        await Task.WhenAny(all).OrFail();
        Assert.All(opening, task => Assert.True(task.Exception?.InnerException is ChannelRefusedException or SshException));
    }

    /// <summary>Answers a client in some way, and is done with it.</summary>
    private static async Task EndAsync(IConnection request, Random random)
    {
        switch (request, random.Next(3))
        {
            case (IConnectRequest connect, 0):
                connect.Confirm();
                break;
            case (IConnectRequest connect, 1):
                connect.Refuse(ForwardError.TimedOut);
                break;
            case (IListenRequest listen, 0):
                listen.Confirm(1 + random.Next(60_000));
                break;
            case (IListenRequest listen, 1):
                listen.Refuse(ForwardError.LocalResources);
                break;
            default:
                break; // it is given up
        }

        await request.DisposeAsync();
    }
}
