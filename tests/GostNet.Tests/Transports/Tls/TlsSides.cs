using System.Net.Security;
using GostNet.Transports.Tls;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GostNet.Tests.Transports.Tls;

/// <summary>Makes the two sides of TLS.</summary>
internal static class TlsSides
{
    /// <summary>A client that tells the server's name, and verifies nothing unless it is told to.</summary>
    public static TlsClient Client(
        TlsClientOptions? options = null, string host = "db.example", TimeProvider? time = null, params SslApplicationProtocol[] protocols) =>
        new(options ?? new() { Verify = false }, host, sendsName: true, time ?? TimeProvider.System, protocols);

    /// <summary>A server that makes a certificate for db.example if it is given none.</summary>
    public static TlsServer Server(
        TlsServerOptions? options = null, TimeProvider? time = null, ILogger? logger = null, params SslApplicationProtocol[] protocols) =>
        new(options ?? new(), ["db.example"], time ?? TimeProvider.System, logger ?? NullLogger.Instance, protocols);
}
