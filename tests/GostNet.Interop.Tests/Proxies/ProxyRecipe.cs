using System.Net;
using GostNet.Interop.Tests.Peers;

namespace GostNet.Interop.Tests.Proxies;

/// <summary>How a proxy is started, and how a chain goes through it.</summary>
/// <param name="Program">The program that is the proxy.</param>
/// <param name="Scheme">What the node's name begins with.</param>
/// <param name="StartAsync">Starts it.</param>
/// <param name="AddTo">Makes the proxy at an address the next hop of a chain.</param>
internal sealed record ProxyRecipe(
    string Program, string Scheme, Func<Task<PeerProcess>> StartAsync, Func<ForwardBuilder, string, ForwardBuilder> AddTo)
{
    public static readonly NetworkCredential Login = new("gost", "right-password");

    public static readonly IReadOnlyDictionary<ProxyKind, ProxyRecipe> All = new Dictionary<ProxyKind, ProxyRecipe>
    {
        [ProxyKind.DantedSocks5] = new(Danted.Program, "socks5", Danted.StartAsync, (chain, proxy) => chain.ViaSocks5(proxy)),
        [ProxyKind.DantedSocks4] = new(Danted.Program, "socks4", Danted.StartAsync, (chain, proxy) => chain.ViaSocks4(proxy)),
        [ProxyKind.MicrosocksSocks5] =
            new(Microsocks.Program, "socks5", () => Microsocks.StartAsync(), (chain, proxy) => chain.ViaSocks5(proxy)),
        [ProxyKind.MicrosocksSocks5Login] = new(
            Microsocks.Program, "socks5", () => Microsocks.StartAsync(Login), (chain, proxy) => chain.ViaSocks5(proxy, new() { Credential = Login })),
        [ProxyKind.SshSocks5] = new(OpenSsh.Client, "socks5", OpenSsh.StartProxyAsync, (chain, proxy) => chain.ViaSocks5(proxy)),
        [ProxyKind.SshSocks4] = new(OpenSsh.Client, "socks4", OpenSsh.StartProxyAsync, (chain, proxy) => chain.ViaSocks4(proxy)),
        [ProxyKind.SshSocks4a] = new(OpenSsh.Client, "socks4a", OpenSsh.StartProxyAsync, (chain, proxy) => chain.ViaSocks4a(proxy)),
        [ProxyKind.TinyproxyHttp] =
            new(Tinyproxy.Program, "http", () => Tinyproxy.StartAsync(), (chain, proxy) => chain.ViaHttp(proxy)),
        [ProxyKind.TinyproxyHttpLogin] = new(
            Tinyproxy.Program, "http", () => Tinyproxy.StartAsync(Login), (chain, proxy) => chain.ViaHttp(proxy, new() { Credential = Login })),
        [ProxyKind.ApacheHttp] = new(Apache.Program, "http", Apache.StartAsync, (chain, proxy) => chain.ViaHttp(proxy)),
    };

    /// <summary>The programs without which this proxy cannot run.</summary>
    public string[] Needs => Program == OpenSsh.Client ? [OpenSsh.Client, OpenSsh.Server, OpenSsh.KeyMaker] : [Program];
}
