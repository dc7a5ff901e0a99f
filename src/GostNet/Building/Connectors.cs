using System.Net;
using GostNet.Protocols.Forward;
using GostNet.Protocols.Http;
using GostNet.Protocols.Socks;

namespace GostNet.Building;

/// <summary>The proxy protocols that a chain can speak, by GOST's words for them.</summary>
internal static class Connectors
{
    private static readonly Dictionary<string, Func<string, NetworkCredential?, string?, IConnector>> Table = new()
    {
        // GOST 2.12 asks a node without a protocol word with CONNECT, where it is TCP that is to be carried (gost-nodes, section 1.5).
        ["auto"] = CreateHttp,
        ["http"] = CreateHttp,
        ["socks5"] = (node, credential, _) => new Socks5Connector(node, credential),
        ["socks4"] = (node, credential, _) => new Socks4Connector(node, ResolveAsync, credential),
        ["socks4a"] = (node, credential, _) => new Socks4Connector(node, resolve: null, credential),
        ["forward"] = (_, _, _) => new ForwardConnector(),
    };

    /// <summary>The words, for messages.</summary>
    public static string KnownProtocols => string.Join(", ", Table.Keys);

    public static bool Knows(string protocol) => Table.ContainsKey(protocol);

    /// <summary>Makes the connector of one node.</summary>
    /// <param name="protocol">One that is known.</param>
    /// <param name="node">What messages call the node.</param>
    /// <param name="credential">The login, if there is one.</param>
    /// <param name="userAgent">What HTTP proxies are told; GOST's if <see langword="null"/>.</param>
    /// <exception cref="ArgumentException">The protocol cannot carry the login or the user agent.</exception>
    public static IConnector Create(string protocol, string node, NetworkCredential? credential, string? userAgent = null) =>
        Table[protocol](node, credential, userAgent);

    private static HttpConnector CreateHttp(string node, NetworkCredential? credential, string? userAgent) =>
        new(node, credential, userAgent ?? HttpConnector.DefaultUserAgent);

    private static async ValueTask<IPAddress[]> ResolveAsync(string name, CancellationToken cancellationToken) =>
        await Dns.GetHostAddressesAsync(name, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
}
