using System.Net;
using GostNet.Interop.Tests.Peers;

namespace GostNet.Interop.Tests.Tunnels;

/// <summary>Proxies of others that stunnel put TLS over, and clients of others that it does.</summary>
public sealed class ForeignProxyTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gostnet-foreign-");
    private readonly PemFiles _files;

    public ForeignProxyTests() => _files = new(_directory.FullName);

    public void Dispose() => _directory.Delete(recursive: true);

    [PeerTheory(Curl.Program, Nginx.Program, Stunnel.Program, Tinyproxy.Program, Microsocks.Program)]
    [InlineData("https")]
    [InlineData("http+tls")]
    [InlineData("socks5+tls")]
    public async Task Chain_OfAProxyBehindStunnel_ServesCurl(string scheme)
    {
        NetworkCredential login = new("gost", "right-password");
        await using PeerProcess nginx = await Nginx.StartAsync();
        await using PeerProcess proxy = scheme == "socks5+tls" ? await Microsocks.StartAsync(login) : await Tinyproxy.StartAsync(login);
        await using PeerProcess stunnel = await Stunnel.ServeAsync(proxy.Port, _ => "");
        await using Forwarder near = await LocalForward.Of(
            $"auto://{LocalForward.AnyPort}",
            $"{scheme}://{login.UserName}:{login.Password}@{stunnel.Address}?secure=true&sni=db.example&ca={_files.Authority}").StartAsync();

        foreach (CurlProxy kind in (CurlProxy[])[CurlProxy.Socks5Hostname, CurlProxy.HttpConnect, CurlProxy.Http])
        {
            Assert.Equal((0, "1\n"), await Curl.RunAsync([.. Curl.Through(kind, near.Port()), $"http://127.0.0.1:{nginx.Port}/requests"]));
        }
    }

    [PeerTheory(Curl.Program, Nginx.Program, Stunnel.Program)]
    [InlineData("socks5+tls", CurlProxy.Socks5Hostname)]
    [InlineData("tls", CurlProxy.Socks5Hostname)]
    [InlineData("tls", CurlProxy.Socks4a)]
    [InlineData("tls", CurlProxy.HttpConnect)]
    public async Task Serve_CurlBehindStunnel_IsServed(string scheme, CurlProxy kind)
    {
        await using PeerProcess nginx = await Nginx.StartAsync();
        await using Forwarder far = await LocalForward.Of(
            $"{scheme}://{LocalForward.AnyPort}?cert={_files.Server}&key={_files.Server}&ca={_files.Authority}").StartAsync();
        await using PeerProcess stunnel = await Stunnel.ConnectAsync(
            far.Port(), files => $"verifyChain = yes\nCAfile = {files.Authority}\ncheckHost = db.example\ncert = {files.Client}");

        Assert.Equal((0, "1\n"), await Curl.RunAsync(
            [.. Curl.Through(kind, stunnel.Port), $"http://localhost:{nginx.Port}/requests"]));
    }
}
