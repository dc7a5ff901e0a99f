using System.Security.Cryptography.X509Certificates;
using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Transports.Tls;

namespace GostNet.Tests.Transports.Tls;

/// <summary>Both sides of TLS over an in-memory connection, and what lies below them.</summary>
internal sealed record TlsPair(IConnection Client, IConnection Server, InMemoryConnection ClientCarrier, InMemoryConnection ServerCarrier)
{
    public static async Task<TlsPair> ConnectAsync(
        TlsClientOptions options, string host = "db.example", X509Certificate2? certificate = null, TimeProvider? time = null)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        time ??= TimeProvider.System;
        Task<IConnection> server = new TlsServer(certificate, null, time).StartAsync(far, default).AsTask();
        try
        {
            IConnection client = await new TlsClient(options, host, sendsName: true, time).StartAsync(near, default).OrFail();
            return new(client, await server.OrFail(), near, far);
        }
        catch
        {
            near.Abort();
            await server.ContinueWith(t => t.Exception, TaskScheduler.Default).OrFail();
            throw;
        }
    }

    public static Task<TlsPair> ConnectAsync(TimeProvider? time = null) => ConnectAsync(new TlsClientOptions { Verify = false }, time: time);
}
