using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Transports.Obfuscation;

namespace GostNet.Tests.Transports.Obfuscation;

/// <summary>Both sides of a disguise over an in-memory connection, and what lies below them. The server's side is there once the client
/// has greeted.</summary>
internal sealed record ObfuscationPair(
    IConnection Client, Task<IConnection> Server, LoggedConnection ClientCarrier, LoggedConnection ServerCarrier, ManualTimeProvider Time)
    : IAsyncDisposable
{
    public static readonly HostEndPoint Node = new("node.example", 8443);

    public static IConnectionLayer CreateClient(ObfuscationKind kind, TimeProvider time) => kind == ObfuscationKind.Http
        ? new HttpObfuscationClient(new(), Node, time)
        : new TlsObfuscationClient(new(), Node, time);

    public static IConnectionLayer CreateServer(ObfuscationKind kind, TimeProvider time) =>
        kind == ObfuscationKind.Http ? new HttpObfuscationServer(time) : new TlsObfuscationServer(time);

    public static async Task<ObfuscationPair> StartAsync(ObfuscationKind kind)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        (LoggedConnection clientCarrier, LoggedConnection serverCarrier) = (new(near), new(far));
        ManualTimeProvider time = new();
        IConnection client = await CreateClient(kind, time).StartAsync(clientCarrier, default).OrFail();
        Task<IConnection> server = CreateServer(kind, time).StartAsync(serverCarrier, default).AsTask();
        return new(client, server, clientCarrier, serverCarrier, time);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await ServerCarrier.DisposeAsync();
        await ((Task)Server.OrFail()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Assert.True(Server.IsCompleted);
    }
}
