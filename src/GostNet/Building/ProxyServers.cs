using GostNet.Forwarding;
using GostNet.Protocols;

namespace GostNet.Building;

/// <summary>The proxy protocols that can be served, by GOST's words for them.</summary>
internal static class ProxyServers
{
    private static readonly Dictionary<string, Func<ProxyServerOptions, ForwardContext, IProxyServer>> Table = new()
    {
    };

    /// <summary>The words, for messages.</summary>
    public static string KnownProtocols => string.Join(", ", Table.Keys);

    public static bool Knows(string protocol) => Table.ContainsKey(protocol);

    /// <summary>Makes a server.</summary>
    public static IProxyServer Create(string protocol, ProxyServerOptions options, ForwardContext context) =>
        Table[protocol](options, context);

    /// <summary>Reports options that the protocol cannot honour.</summary>
    public static void Check(ProxyServerOptions options, string server, BuildProblems problems)
    {
    }
}
