using GostNet.Diagnostics;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Processes;

/// <summary>A forwarder whose process has no descriptors left.</summary>
public sealed class DescriptorLimitTests
{
    private readonly SocketNetwork _network = new();

    [LinuxFact]
    public async Task Accept_NoDescriptorIsLeft_WaitsAndServesTheClientOnceThereIs()
    {
        await using EchoServer target = await EchoServer.StartAsync();
        await using var forwarder = new ForwarderProcess();
        HostEndPoint front = await forwarder.StartAsync(target.Port, keepLog: true);
        await EchoOnceAsync(front);
        await forwarder.AskAsync("closed 1");
        await forwarder.AskAsync("limit 0");
        await using IConnection client = await _network.Dialer.DialAsync(front).OrFail();

        string problem = await forwarder.AskAsync($"logged {LogEventIds.AcceptFailed} 2");
        Assert.Contains("TooManyOpenSockets", problem, StringComparison.Ordinal);
        await forwarder.AskAsync("unlimit");
        await EchoAsync(client);
    }

    [LinuxFact]
    public async Task Accept_FewDescriptorsAreLeft_KeepsThemForTheRuntimeAndServesEverybodyLater()
    {
        await using EchoServer target = await EchoServer.StartAsync();
        await using var forwarder = new ForwarderProcess();
        HostEndPoint front = await forwarder.StartAsync(target.Port, keepLog: true);
        await EchoOnceAsync(front);
        await forwarder.AskAsync("closed 1");
        await forwarder.AskAsync("limit 80");
        var clients = new List<IConnection>();
        for (int i = 0; i < 100; i++)
        {
            clients.Add(await _network.Dialer.DialAsync(front).OrFail());
        }

        await forwarder.AskAsync($"logged {LogEventIds.AcceptFailed} 2");
        Assert.Equal("thread", await forwarder.AskAsync("thread")); // with none left, the process would end here
        Assert.Equal("1", await forwarder.AskAsync($"count {LogEventIds.DialFailed}")); // that of the rehearsal: nobody was reset
        await forwarder.AskAsync("unlimit");
        foreach (IConnection client in clients)
        {
            await EchoAsync(client);
            await client.DisposeAsync();
        }
    }

    [LinuxFact]
    public async Task Dial_NoDescriptorIsLeft_ResetsTheClientAndChargesNoTarget()
    {
        await using EchoServer target = await EchoServer.StartAsync();
        await using var forwarder = new ForwarderProcess();
        HostEndPoint front = await forwarder.StartAsync(target.Port, keepLog: true);
        await EchoOnceAsync(front);
        await forwarder.AskAsync("closed 1");
        await forwarder.AskAsync("limit 1");
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            await using IConnection client = await _network.Dialer.DialAsync(front).OrFail(); // may see the reset already
            await client.ReadToEndAsync().OrFail();
        });

        Assert.Contains("TooManyOpenSockets", await forwarder.AskAsync($"logged {LogEventIds.DialFailed} 2"), StringComparison.Ordinal);
        Assert.Equal("0", await forwarder.AskAsync($"count {LogEventIds.NodeDied}"));
        await forwarder.AskAsync("unlimit");
        await EchoOnceAsync(front);
    }

    private static async Task EchoAsync(IConnection client)
    {
        await client.Stream.WriteAsync(new byte[] { 42 }).OrFail();
        Assert.Equal([42], await client.ReadAsync(1).OrFail());
    }

    private async Task EchoOnceAsync(HostEndPoint front)
    {
        await using IConnection client = await _network.Dialer.DialAsync(front).OrFail();
        await EchoAsync(client);
        await client.CompleteWritesAsync();
        Assert.Empty(await client.ReadToEndAsync().OrFail());
    }
}
