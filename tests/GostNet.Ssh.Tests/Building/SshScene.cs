using System.Net;
using GostNet.Ssh.Sessions;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Building;

/// <summary>Forwarders in one network in memory. The end of the scene fails the test if anything of theirs is left.</summary>
internal sealed class SshScene(TimeProvider? time = null) : IAsyncDisposable
{
    /// <summary>Where the SSH server is.</summary>
    public static readonly HostEndPoint Gateway = new("gw", 22);

    /// <summary>What is to be reached.</summary>
    public static readonly HostEndPoint Target = new("target", 80);

    private readonly List<Forwarder> _forwarders = [];

    public InMemoryNetwork Network { get; } = new();

    public SshFolder Folder { get; } = new();

    public RecordingLoggerFactory Log { get; } = new();

    /// <summary>The network, as forwarders see it.</summary>
    public RecordingNetwork Recorded => field ??= new(Network);

    /// <summary>The user of <see cref="ServerOptions"/>.</summary>
    public static NetworkCredential Alice => new("alice", "secret");

    /// <summary>The fingerprint of the key in <see cref="ServerOptions"/>.</summary>
    public static string Pin => SshFolder.PinOf("ed25519");

    public ForwardBuilder Builder() => new ForwardBuilder()
        .UseSsh().UseNetwork(Recorded).UseTimeProvider(time ?? TimeProvider.System).UseLoggerFactory(Log);

    /// <summary>A server that lets Alice in.</summary>
    public SshServerOptions ServerOptions() => new()
    {
        Authenticator = Authenticators.Users(Alice),
        HostKeyFiles = [Folder.CopyKey("id_ed25519")],
    };

    /// <summary>Alice, who knows the server.</summary>
    public static SshClientOptions ClientOptions() => new() { Credential = Alice, HostKeyPins = [Pin] };

    /// <summary>Starts a forwarder, which ends with the scene at the latest.</summary>
    public async Task<Forwarder> StartAsync(ForwardBuilder builder)
    {
        Forwarder forwarder = builder.Build();
        _forwarders.Add(forwarder);
        await forwarder.StartAsync().OrFail();
        return forwarder;
    }

    /// <summary>Starts a server of port forwarding at <see cref="Gateway"/>.</summary>
    public Task<Forwarder> ServeAsync(SshServerOptions? options = null, ProxyServerOptions? limits = null) =>
        StartAsync(Builder().ServeSsh(Gateway.ToString(), options ?? ServerOptions(), limits));

    /// <summary>Starts a forwarder with a remote forward, and waits until it listens.</summary>
    public async Task<Forwarder> StartRemoteAsync(ForwardBuilder builder)
    {
        Forwarder forwarder = await StartAsync(builder);
        await forwarder.Forwards[0].WaitUntilListeningAsync().OrFail();
        return forwarder;
    }

    public async Task<IListener> ListenAsync(HostEndPoint endPoint) => await Network.ListenAsync(endPoint);

    public async Task<IConnection> DialAsync(string endPoint) => await Network.Dialer.DialAsync(HostEndPoint.Parse(endPoint)).OrFail();

    /// <summary>How many SSH connections have been made.</summary>
    public int SessionsSoFar => Network.Dials.Count(dialled => dialled == Gateway);

    /// <summary>How many logins there were, at both ends together.</summary>
    public int LoginsSoFar => Log.WithId(SessionsLog.EstablishedId).Count;

    /// <summary>A question and an answer, each ended, between a connection and what arrives at a target; then both are closed.</summary>
    public static async Task ExchangeAsync(IConnection client, IListener target)
    {
        IConnection? accepted = await target.AcceptAsync().OrFail();
        await ExchangeAsync(client, accepted!);
    }

    /// <inheritdoc cref="ExchangeAsync(IConnection, IListener)"/>
    public static async Task ExchangeAsync(IConnection client, IConnection accepted)
    {
        await using (client)
        await using (accepted)
        {
            await client.SendAndEndAsync("question"u8.ToArray()).OrFail();
            Assert.Equal("question"u8.ToArray(), await accepted.ReadToEndAsync().OrFail());
            await accepted.SendAndEndAsync("answer"u8.ToArray()).OrFail();
            Assert.Equal("answer"u8.ToArray(), await client.ReadToEndAsync().OrFail());
        }
    }

    /// <summary>Dials what cannot be reached.</summary>
    public static Task<ForwardException> FailAsync(IDialer dialer, HostEndPoint? target = null) =>
        Assert.ThrowsAsync<ForwardException>(() => dialer.DialAsync(target ?? Target).OrFail());

    public async ValueTask DisposeAsync()
    {
        foreach (Forwarder forwarder in Enumerable.Reverse(_forwarders))
        {
            await forwarder.DisposeAsync().OrFail();
            Assert.Empty(forwarder.Connections);
        }

        Folder.Dispose();
    }
}
