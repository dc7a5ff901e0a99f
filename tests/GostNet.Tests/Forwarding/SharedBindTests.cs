using GostNet.Diagnostics;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Forwarding;

/// <summary>A remote forward whose port is listened on over several control connections, between two of ours.</summary>
public sealed class SharedBindTests : IAsyncLifetime
{
    private static readonly HostEndPoint Server = new("server", 1080);
    private static readonly HostEndPoint Far = new("far", 9);
    private static readonly HostEndPoint Target = new("target", 1);

    private readonly InMemoryNetwork _network = new() { BufferSize = 4096 };
    private readonly RecordingLoggerFactory _log = new();
    private readonly Forwarder _server;
    private Forwarder? _client;

    public SharedBindTests() => _server = new ForwardBuilder()
        .UseNetwork(_network)
        .ServeSocks5(Server.ToString(), new() { AllowAnonymous = true })
        .Build();

    public Task InitializeAsync() => _server.StartAsync().OrFail();

    public async Task DisposeAsync()
    {
        await (_client?.DisposeAsync() ?? ValueTask.CompletedTask).OrFail();
        await _server.DisposeAsync().OrFail();
        await Assert.ThrowsAsync<ForwardException>(() => _network.Dialer.DialAsync(Far).AsTask()).OrFail();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bind_OverThreeConnections_SharesThePort(bool multiplex)
    {
        await using IListener target = await _network.ListenAsync(Target);
        await StartAsync(multiplex, sessions: 3);
        await WaitForControlsAsync(3);

        // Three peers at once need three waiting binds, or as many streams.
        IConnection[] peers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => _network.Dialer.DialAsync(Far).OrFail()));
        for (int i = 0; i < peers.Length; i++)
        {
            IConnection accepted = (await target.AcceptAsync().OrFail())!;
            await accepted.Stream.WriteAsync(new[] { (byte)i }).OrFail();
        }

        byte[] answers = [.. (await Task.WhenAll(peers.Select(p => p.ReadAsync(1).OrFail()))).Select(a => a[0]).Order()];
        Assert.Equal([0, 1, 2], answers);
        Assert.Empty(_log.WithId(LogEventIds.BindNotShared));
    }

    /// <summary>Everything that one control connection can hold is stuck in it: those of the others do not notice.</summary>
    [Fact]
    public async Task MultiplexedBind_APeerThatDoesNotRead_HoldsUpItsOwnConnectionOnly()
    {
        await using IListener target = await _network.ListenAsync(Target);
        await StartAsync(multiplex: true, sessions: 2);
        await WaitForControlsAsync(2);
        await using IConnection deaf = await _network.Dialer.DialAsync(Far).OrFail();
        await using IConnection flood = (await target.AcceptAsync().OrFail())!;
        Task flooding = FloodAsync(flood);
        await using IConnection peer = await _network.Dialer.DialAsync(Far).OrFail();
        await using IConnection accepted = (await target.AcceptAsync().OrFail())!;

        byte[] data = new byte[1024 * 1024];
        Random.Shared.NextBytes(data);
        Task sending = accepted.SendAndEndAsync(data);
        Assert.Equal(data, await peer.ReadToEndAsync().OrFail());
        await sending.OrFail();

        flood.Abort();
        await flooding.OrFail();
    }

    [Fact]
    public async Task Bind_OfSomebodyElse_IsToldThatThePortIsTaken()
    {
        await StartAsync(multiplex: true, sessions: 2);
        await WaitForControlsAsync(2);
        await using Forwarder other = Build(multiplex: true, sessions: 1);

        await other.StartAsync().OrFail();

        LogEntry lost = await _log.WaitForAsync(LogEventIds.FarEndLost).OrFail();
        Assert.Contains("replied 1", (string)lost.Values["Problem"]!, StringComparison.Ordinal);
    }

    private static async Task FloodAsync(IConnection connection)
    {
        try
        {
            while (true)
            {
                await connection.Stream.WriteAsync(new byte[16 * 1024]);
            }
        }
        catch (IOException)
        {
            // The test has ended it.
        }
    }

    private Forwarder Build(bool multiplex, int sessions) => new ForwardBuilder()
        .UseNetwork(_network)
        .UseLoggerFactory(_log)
        .RemoteTcp(Far, Target)
        .ViaSocks5(Server.ToString(), new() { MultiplexBind = multiplex, Sessions = sessions })
        .Build();

    private async Task StartAsync(bool multiplex, int sessions)
    {
        _client = Build(multiplex, sessions);
        await _client.StartAsync().OrFail();
        await _client.Forwards[0].WaitUntilListeningAsync().OrFail();
    }

    /// <summary>Waits until so many control connections listen.</summary>
    private async Task WaitForControlsAsync(int count) => await _log.WaitForAsync(LogEventIds.BindShared, count - 1).OrFail();
}
