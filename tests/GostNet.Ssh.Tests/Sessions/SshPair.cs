using GostNet.Ssh.Keys;
using GostNet.Ssh.Sessions;
using GostNet.Ssh.Trust;
using GostNet.Testing;
using GostNet.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace GostNet.Ssh.Tests.Sessions;

/// <summary>A client and a server, one at each end of a connection.</summary>
internal sealed class SshPair : IAsyncDisposable
{
    private SshPair()
    {
    }

    public required SshConnection Client { get; init; }

    public required SshConnection Server { get; init; }

    public TestHandler ClientHandler { get; private init; } = new();

    public TestHandler ServerHandler { get; private init; } = new();

    public static SshClientSettings ClientSettings => new() { HostKeyPolicy = new AcceptAnyHostKeyPolicy("host", NullLogger.Instance) };

    public static SshServerSettings ServerSettings { get; } = new() { HostKeys = [Ed25519PrivateKey.Generate()] };

    /// <summary>Connects both.</summary>
    /// <param name="client">The client's settings.</param>
    /// <param name="server">The server's settings.</param>
    /// <param name="wrap">Puts something around each end of the connection.</param>
    /// <param name="bufferSize">What each direction of the connection holds.</param>
    public static async Task<SshPair> StartAsync(
        SshClientSettings? client = null,
        SshServerSettings? server = null,
        Func<IConnection, IConnection>? wrap = null,
        int bufferSize = 64 * 1024)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair(bufferSize: bufferSize);
        wrap ??= connection => connection;
        TestHandler clientHandler = new();
        TestHandler serverHandler = new();
        Task<ISshConnection> connecting = SshConnections.ConnectAsync(
            wrap(near), client ?? ClientSettings, TestLogin.AskAsync, clientHandler, CancellationToken.None).AsTask();
        (ISshConnection accepted, string user) = await SshConnections.AcceptAsync(
            wrap(far), server ?? ServerSettings, TestLogin.AdmitAsync, (_, _) => serverHandler, CancellationToken.None).OrFail();
        Assert.Equal("somebody", user);
        return new()
        {
            Client = Assert.IsType<SshConnection>(await connecting.OrFail()),
            Server = Assert.IsType<SshConnection>(accepted),
            ClientHandler = clientHandler,
            ServerHandler = serverHandler,
        };
    }

    /// <summary>A channel that the client opened, from both ends. Not to be called concurrently.</summary>
    public async Task<(IConnection Client, IConnection Server)> OpenAsync()
    {
        IConnection client = await Client.OpenChannelAsync("test", default, CancellationToken.None).OrFail();
        return (client, await ServerHandler.AcceptAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync().OrFail();
        await Server.DisposeAsync().OrFail();
    }
}
