using System.Net;
using GostNet.Tests.Shared;
using GostNet.Tests.Transports.Tls;
using GostNet.Transports;
using GostNet.Transports.Tls;
using Microsoft.Extensions.Logging.Abstractions;

namespace GostNet.Interop.Tests.Transports;

/// <summary>Our TLS server on a port of 127.0.0.1, and our client.</summary>
internal sealed class TlsListener : IAsyncDisposable
{
    private static readonly SocketNetwork Network = new();

    private readonly IListener _listener;
    private readonly TlsServer _server;

    private TlsListener(IListener listener, TlsServer server)
    {
        _listener = listener;
        _server = server;
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint).Port;

    /// <summary>Listens.</summary>
    /// <param name="options">The server's options; by default it has the test certificate.</param>
    public static async Task<TlsListener> StartAsync(TlsServerOptions? options = null)
    {
        options ??= new() { Certificate = TestCertificates.IndirectServer, Intermediates = [TestCertificates.Intermediate] };
        return new(
            await Network.ListenAsync(new HostEndPoint("127.0.0.1", 0)),
            new TlsServer(options, ["db.example"], TimeProvider.System, NullLogger.Instance));
    }

    /// <summary>Connects our client to a server, which it takes for db.example.</summary>
    public static async Task<IConnection> ConnectAsync(int port, TlsClientOptions options)
    {
        IConnection carrier = await Network.Dialer.DialAsync(new HostEndPoint("127.0.0.1", port)).OrFail();
        try
        {
            return await new TlsClient(options, "db.example", sendsName: true, TimeProvider.System).StartAsync(carrier, default).OrFail();
        }
        catch
        {
            await carrier.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for a client and agrees on TLS with it.</summary>
    public async Task<IConnection> AcceptAsync()
    {
        IConnection carrier = (await _listener.AcceptAsync().OrFail())!;
        try
        {
            return await _server.StartAsync(carrier, default).OrFail();
        }
        catch
        {
            await carrier.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _listener.DisposeAsync();
}
