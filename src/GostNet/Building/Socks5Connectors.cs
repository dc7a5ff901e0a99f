using GostNet.Protocols.Socks;
using GostNet.Transports.Tls;
using Microsoft.Extensions.Logging;

namespace GostNet.Building;

/// <summary>Makes the connectors of SOCKS5 proxies out of their options and of the layers they need.</summary>
internal static class Socks5Connectors
{
    /// <summary>Makes the connector of one node.</summary>
    /// <param name="node">The node; its host is what its certificate must be for.</param>
    /// <param name="options">Its options.</param>
    /// <param name="multiplex">Makes a session, as the side that accepts, out of a control connection.</param>
    /// <param name="datagramDialer">Opens UDP sockets to the node; <see langword="null"/> if there are other nodes before it, which must
    /// not be passed by.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <exception cref="ArgumentException">The options cannot be kept; the message says why.</exception>
    public static Socks5Connector Create(
        Node node,
        Socks5ProxyOptions options,
        Func<IConnection, IMultiplexSession> multiplex,
        IDatagramDialer? datagramDialer,
        TimeProvider time,
        ILogger logger)
    {
        TlsClient? tls = options.Tls is null ? null : new(options.Tls, node.Address.Host, sendsName: false, time);
        return new Socks5Connector(node.Name, options.Credential, new()
        {
            StartTls = tls is null ? null : tls.StartAsync,
            RequireTls = options.RequireTls,
            Multiplex = options.MultiplexBind ? multiplex : null,
            Sessions = options.Sessions,
            LargeDatagrams = options.LargeDatagrams,
            DatagramDialer = datagramDialer,
            ReplyTimeout = options.ConnectTimeout,
            Time = time,
            Logger = logger,
        });
    }

    /// <summary>What a node URL means for TLS within SOCKS5 (gost-nodes, section 6, F1).</summary>
    /// <param name="options">The options that are completed.</param>
    /// <param name="secure">The parameter <c>secure</c>, if it stands there.</param>
    /// <param name="noTls">The parameter <c>notls</c>: GOST 2.12's word for not offering it.</param>
    /// <param name="unverifiedPeers">What becomes of a URL that does not say <c>secure</c>.</param>
    /// <returns>The options: verified and required with <c>secure=true</c>, offered as GOST does with <c>secure=false</c>, and without the
    /// parameter either that or not offered.</returns>
    public static Socks5ProxyOptions WithTls(
        this Socks5ProxyOptions options, bool? secure, bool noTls, UnverifiedPeers unverifiedPeers) => (noTls, secure) switch
        {
            (true, true) => throw new ArgumentException("secure=true wants TLS and notls=true forbids it; write one of them"),
            (true, _) => options with { Tls = null, RequireTls = false },
            (_, true) => options with { Tls = new(), RequireTls = true },
            (_, null) when unverifiedPeers == UnverifiedPeers.Refuse => options with { Tls = null, RequireTls = false },
            _ => options with { Tls = new() { Verify = false }, RequireTls = false },
        };
}
