using System.Globalization;
using GostNet.Interop.Tests.Peers;
using GostNet.Tests.Shared;

namespace GostNet.Interop.Tests.Proxies;

/// <summary>nginx behind two real proxies, in both orders.</summary>
public sealed class ProxyChainTests
{
    public static readonly TheoryData<ProxyKind, ProxyKind> Pairs = new()
    {
        { ProxyKind.MicrosocksSocks5, ProxyKind.TinyproxyHttp },
        { ProxyKind.TinyproxyHttp, ProxyKind.MicrosocksSocks5 },
        { ProxyKind.TinyproxyHttpLogin, ProxyKind.DantedSocks5 },
        { ProxyKind.DantedSocks5, ProxyKind.TinyproxyHttpLogin },
        { ProxyKind.MicrosocksSocks5Login, ProxyKind.DantedSocks4 },
        { ProxyKind.DantedSocks4, ProxyKind.MicrosocksSocks5Login },
        { ProxyKind.SshSocks4a, ProxyKind.TinyproxyHttp },
        { ProxyKind.TinyproxyHttp, ProxyKind.SshSocks4a },
    };

    [PeerTheory(
        Nginx.Program, Microsocks.Program, Tinyproxy.Program, Danted.Program, OpenSsh.Client, OpenSsh.Server, OpenSsh.KeyMaker)]
    [MemberData(nameof(Pairs))]
    public async Task LocalTcp_TwoProxies_EachIsAskedForTheNext(ProxyKind firstKind, ProxyKind secondKind)
    {
        await using PeerProcess nginx = await Nginx.StartAsync();
        await using ProxyNode first = await ProxyNode.StartAsync(firstKind);
        await using ProxyNode second = await ProxyNode.StartAsync(secondKind);
        await using Forwarder forwarder = await Chain(first, second).LocalTcp(LocalForward.AnyPort, nginx.Address).StartAsync();
        using HttpClient client = new();

        Assert.Equal("1", await client.GetStringAsync(new Uri($"http://127.0.0.1:{forwarder.Port()}/requests")).OrFail());
        await first.ReportedAsync(second.Port).OrFail();
        await second.ReportedAsync(nginx.Port).OrFail();
    }

    [PeerTheory(
        Nginx.Program, Microsocks.Program, Tinyproxy.Program, Danted.Program, OpenSsh.Client, OpenSsh.Server, OpenSsh.KeyMaker)]
    [MemberData(nameof(Pairs))]
    public async Task BuildDialer_UnderHttpClient_ReachesNginx(ProxyKind firstKind, ProxyKind secondKind)
    {
        await using PeerProcess nginx = await Nginx.StartAsync();
        await using ProxyNode first = await ProxyNode.StartAsync(firstKind);
        await using ProxyNode second = await ProxyNode.StartAsync(secondKind);
        IDialer dialer = Chain(first, second).BuildDialer();
        using HttpClient client = new(new SocketsHttpHandler { ConnectCallback = dialer.ToConnectCallback() });
        Uri requests = new($"http://localhost:{nginx.Port}/requests");

        Assert.Equal("1", await client.GetStringAsync(requests).OrFail());
        Assert.Equal("2", await client.GetStringAsync(requests).OrFail()); // on the same connection
    }

    private static ForwardBuilder Chain(ProxyNode first, ProxyNode second) => second.AddTo(first.AddTo(new()));
}
