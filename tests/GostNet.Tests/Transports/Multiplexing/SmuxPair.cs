using System.Collections.Concurrent;
using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Transports.Multiplexing;

namespace GostNet.Tests.Transports.Multiplexing;

/// <summary>Two sessions, one at each end of a connection.</summary>
internal sealed class SmuxPair : IAsyncDisposable
{
    public SmuxPair(SmuxOptions? options = null, SmuxOptions? serverOptions = null, int bufferSize = 64 * 1024)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair(bufferSize: bufferSize);
        Client = SmuxSession.Start(near, SmuxRole.Client, options ?? new(), Clock);
        Server = SmuxSession.Start(far, SmuxRole.Server, serverOptions ?? options ?? new(), Clock);
    }

    public ManualTimeProvider Clock { get; } = new();

    public SmuxSession Client { get; }

    public SmuxSession Server { get; }

    /// <summary>A stream that the client opened, from both ends. Not to be called concurrently.</summary>
    public async Task<(IConnection Client, IConnection Server)> OpenAsync()
    {
        IConnection client = await Client.OpenStreamAsync().OrFail();
        return (client, Assert.IsType<SmuxConnection>(await Server.AcceptStreamAsync().OrFail()));
    }

    /// <summary>Handles every stream that arrives at the server, until it is closed.</summary>
    public async Task ServeAsync(Func<IConnection, Task> handle)
    {
        ConcurrentBag<Task> handlers = [];
        while (await Server.AcceptStreamAsync() is { } stream)
        {
            handlers.Add(Task.Run(() => handle(stream)));
        }

        await Task.WhenAll(handlers);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Abort();
        Server.Abort();
        await Client.DisposeAsync();
        await Server.DisposeAsync();
    }
}
