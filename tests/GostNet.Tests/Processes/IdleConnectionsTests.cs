using System.Collections.Concurrent;
using GostNet.Tests.Shared;
using Xunit.Abstractions;

namespace GostNet.Tests.Processes;

/// <summary>Runs alone: it takes half of the descriptors that this process may have.</summary>
[CollectionDefinition(nameof(IdleConnectionsTests), DisableParallelization = true)]
[Collection(nameof(IdleConnectionsTests))]
public sealed class IdleConnectionsTests(ITestOutputHelper output)
{
    private const int Wanted = 5000;
    private const int AtOnce = 64;
    private const int Slack = 20; // the runtime opens and closes one or the other descriptor of its own, for a new thread for instance
    private readonly SocketNetwork _network = new();

    [LinuxFact]
    public async Task Connections_FiveThousandIdle_StayAliveAndLeaveNothingWhenTheyEnd()
    {
        // Two descriptors for each in both processes, where the system allows so many.
        int count = (int)Math.Min(Wanted, (DescriptorLimit.Current - 1000) / 2);
        await using EchoServer target = await EchoServer.StartAsync();
        await using var forwarder = new ForwarderProcess();
        HostEndPoint front = await forwarder.StartAsync(target.Port, keepLog: false);
        await CloseAsync(await OpenAsync(front, AtOnce)); // what stays for good is there after the first few
        await forwarder.AskAsync($"closed {AtOnce}");
        (int descriptorsBefore, long memoryBefore, _) = await forwarder.ReportAsync();

        IReadOnlyCollection<IConnection> clients = await OpenAsync(front, count);
        (int descriptorsHeld, long memoryHeld, int connections) = await forwarder.ReportAsync();
        output.WriteLine($"{count} idle connections: {(memoryHeld - memoryBefore) / count} bytes of managed memory for each");
        Assert.Equal(count, connections);
        Assert.InRange(descriptorsHeld - descriptorsBefore, (2 * count) - Slack, (2 * count) + Slack);
        await ForEachAsync(clients, EchoAsync); // all still alive

        await CloseAsync(clients);
        await forwarder.AskAsync($"closed {AtOnce + count}");
        long allowed = memoryBefore + ((memoryHeld - memoryBefore) / 5); // tables keep their size
        int descriptorsAfter;
        long memoryAfter;
        int collections = 0;
        do
        {
            // One collection is not always enough for the runtime to let go of everything; each report makes one.
            (descriptorsAfter, memoryAfter, connections) = await forwarder.ReportAsync();
        }
        while (memoryAfter > allowed && ++collections < 20);

        output.WriteLine($"managed memory: {memoryBefore} before, {memoryHeld} held, {memoryAfter} after");
        Assert.Equal(0, connections);
        Assert.InRange(descriptorsAfter, 0, descriptorsBefore + Slack);
        Assert.InRange(memoryAfter, 0, allowed);
    }

    private static async Task EchoAsync(IConnection client)
    {
        await client.Stream.WriteAsync(new byte[] { 42 });
        Assert.Equal([42], await client.ReadAsync(1));
    }

    private static Task CloseAsync(IReadOnlyCollection<IConnection> clients) => ForEachAsync(clients, async client =>
    {
        await client.CompleteWritesAsync();
        Assert.Empty(await client.ReadToEndAsync());
        await client.DisposeAsync();
    });

    private static Task ForEachAsync<T>(IEnumerable<T> items, Func<T, Task> action) =>
        Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (item, _) => await action(item).OrFail());

    private async Task<IReadOnlyCollection<IConnection>> OpenAsync(HostEndPoint front, int count)
    {
        var clients = new ConcurrentBag<IConnection>();
        await ForEachAsync(Enumerable.Range(0, count), async _ =>
        {
            IConnection client = await _network.Dialer.DialAsync(front);
            clients.Add(client);
            await EchoAsync(client);
        });
        return clients;
    }
}
