using System.Net;
using GostNet.Interop.Tests.Peers;

namespace GostNet.Interop.Tests.Proxies;

/// <summary>How a proxy is started, and how a chain goes through it.</summary>
/// <param name="Program">The program that is the proxy.</param>
/// <param name="Scheme">What the node's name begins with.</param>
/// <param name="StartAsync">Starts it, with the login that it shall insist on.</param>
/// <param name="AddTo">Makes the proxy at an address the next hop of a chain.</param>
/// <param name="Login">The login that it insists on, if it does.</param>
internal sealed record ProxyRecipe(
    string Program,
    string Scheme,
    Func<NetworkCredential?, Task<PeerProcess>> StartAsync,
    Func<ForwardBuilder, string, NetworkCredential?, ForwardBuilder> AddTo,
    NetworkCredential? Login = null)
{
    private static readonly NetworkCredential RightLogin = new("gost", "right-password");

    public static readonly IReadOnlyDictionary<ProxyKind, ProxyRecipe> All = new Dictionary<ProxyKind, ProxyRecipe>
    {
        [ProxyKind.DantedSocks5] = new(Danted.Program, "socks5", _ => Danted.StartAsync(), AddSocks5),
        [ProxyKind.DantedSocks4] = new(Danted.Program, "socks4", _ => Danted.StartAsync(), AddSocks4),
        [ProxyKind.MicrosocksSocks5] = new(Microsocks.Program, "socks5", Microsocks.StartAsync, AddSocks5),
        [ProxyKind.MicrosocksSocks5Login] = new(Microsocks.Program, "socks5", Microsocks.StartAsync, AddSocks5, RightLogin),
        [ProxyKind.SshSocks5] = new(OpenSsh.Client, "socks5", _ => OpenSsh.StartProxyAsync(), AddSocks5),
        [ProxyKind.SshSocks4] = new(OpenSsh.Client, "socks4", _ => OpenSsh.StartProxyAsync(), AddSocks4),
        [ProxyKind.SshSocks4a] = new(OpenSsh.Client, "socks4a", _ => OpenSsh.StartProxyAsync(), AddSocks4a),
        [ProxyKind.TinyproxyHttp] = new(Tinyproxy.Program, "http", Tinyproxy.StartAsync, AddHttp),
        [ProxyKind.TinyproxyHttpLogin] = new(Tinyproxy.Program, "http", Tinyproxy.StartAsync, AddHttp, RightLogin),
        [ProxyKind.ApacheHttp] = new(Apache.Program, "http", _ => Apache.StartAsync(), AddHttp),
    };

    /// <summary>The programs without which this proxy cannot run.</summary>
    public string[] Needs => Program == OpenSsh.Client ? [OpenSsh.Client, OpenSsh.Server, OpenSsh.KeyMaker] : [Program];

    private static ForwardBuilder AddSocks5(ForwardBuilder chain, string proxy, NetworkCredential? login) =>
        chain.ViaSocks5(proxy, new() { Credential = login });

    private static ForwardBuilder AddSocks4(ForwardBuilder chain, string proxy, NetworkCredential? login) =>
        chain.ViaSocks4(proxy, new() { Credential = login });

    private static ForwardBuilder AddSocks4a(ForwardBuilder chain, string proxy, NetworkCredential? login) =>
        chain.ViaSocks4a(proxy, new() { Credential = login });

    private static ForwardBuilder AddHttp(ForwardBuilder chain, string proxy, NetworkCredential? login) =>
        chain.ViaHttp(proxy, new() { Credential = login });
}
