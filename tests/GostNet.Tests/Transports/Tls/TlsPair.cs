using System.Security.Cryptography.X509Certificates;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Transports.Tls;

/// <summary>Both sides of TLS over an in-memory connection, and what lies below them.</summary>
internal sealed record TlsPair(IConnection Client, IConnection Server, InMemoryConnection ClientCarrier, InMemoryConnection ServerCarrier)
{
    public static async Task<TlsPair> ConnectAsync(IConnectionLayer client, IConnectionLayer server)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        Task<IConnection> accept = server.StartAsync(far, default).AsTask();
        try
        {
            IConnection connection = await client.StartAsync(near, default).OrFail();
            return new(connection, await accept.OrFail(), near, far);
        }
        catch
        {
            near.Abort();
            await accept.ContinueWith(t => t.Exception, TaskScheduler.Default).OrFail();
            throw;
        }
    }

    public static Task<TlsPair> ConnectAsync(
        TlsClientOptions options, string host = "db.example", X509Certificate2? certificate = null, TimeProvider? time = null) =>
        ConnectAsync(TlsSides.Client(options, host, time), TlsSides.Server(new() { Certificate = certificate }, time));

    public static Task<TlsPair> ConnectAsync(TimeProvider? time = null) => ConnectAsync(new TlsClientOptions { Verify = false }, time: time);
}
