using System.Globalization;
using GostNet.Interop.Tests.Peers;
using GostNet.Interop.Tests.Targets;
using GostNet.Tests.Shared;

namespace GostNet.Interop.Tests.Tunnels;

/// <summary>Tunnels as GOST's documentation writes them, with our program at both ends, and real programs around it.</summary>
public sealed class DocumentedTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gostnet-tunnel-");
    private readonly PemFiles _files;

    public DocumentedTests() => _files = new(_directory.FullName);

    private string Certificate => Path.Combine(_directory.FullName, "nginx.pem");

    public void Dispose() => _directory.Delete(recursive: true);

    [PeerTheory(Curl.Program, Nginx.Program)]
    [InlineData("tls")]
    [InlineData("mtls")]
    [InlineData("mwss")]
    [InlineData("otls")]
    public async Task Sni_BehindATunnel_ReachesTheHostThatTheClientNames(string transport)
    {
        await using PeerProcess nginx = await NginxTls.StartAsync(Certificate);
        int tunnel = FreePort.Next();
        int sni = FreePort.Next();
        await using Gost far = Gost.Start(
            "-L", $"{transport}://:{tunnel}/:{sni}", "-L", $"sni://:{sni}?private=true&sniport={nginx.Port}");
        await using Gost near = Gost.Start("-L", ":0", "-F", $"forward+{transport}://127.0.0.1:{tunnel}");
        int entry = (await near.ListensAsync()).Port;
        await ListeningSockets.OpenedAsync(tunnel).OrFail();
        await ListeningSockets.OpenedAsync(sni).OrFail();

        await AssertHostAnswersAsync(NginxTls.LocalHost, "--proxy", $"http://127.0.0.1:{entry}");
        await AssertHostAnswersAsync(NginxTls.LocalHost, "--socks5-hostname", $"127.0.0.1:{entry}");
    }

    /// <remarks>The hosts are known to the last proxy alone, and the tunnel goes through that one, too.</remarks>
    [PeerTheory(Curl.Program, Nginx.Program)]
    [InlineData("forward+tls", "tls")]
    [InlineData("forward+wss", "wss")]
    [InlineData("sni", "")] // the node's own protocol, without a tunnel
    [InlineData("sni+mtls", "")]
    public async Task Sni_TwoHosts_AreToldApart(string client, string tunnelTransport)
    {
        await using PeerProcess nginx = await NginxTls.StartAsync(Certificate);
        LoopbackNames names = new();
        await using Forwarder proxy = await LocalForward.Of($"socks5://{LocalForward.AnyPort}").UseNetwork(names).StartAsync();
        int tunnel = FreePort.Next();
        int sni = FreePort.Next();
        string serve = client.Replace("forward+", "sni+", StringComparison.Ordinal);
        string[] listens = tunnelTransport.Length > 0
            ? ["-L", $"{tunnelTransport}://:{tunnel}/:{sni}", "-L", $"sni://:{sni}?sniport={nginx.Port}"]
            : ["-L", $"{serve}://:{tunnel}?sniport={nginx.Port}"];
        await using Gost far = Gost.Start([.. listens, "-F", $"socks5://{proxy.Address()}"]);
        await using Gost near = Gost.Start("-L", ":0", "-F", $"{client}://127.0.0.1:{tunnel}");
        string entry = $"http://127.0.0.1:{(await near.ListensAsync()).Port}";
        await far.ListensAsync();
        await ListeningSockets.OpenedAsync(tunnel).OrFail();

        await AssertHostAnswersAsync(NginxTls.FirstHost, "--proxy", entry);
        await AssertHostAnswersAsync(NginxTls.SecondHost, "--proxy", entry);

        Assert.Equal(
            [NginxTls.FirstHost, NginxTls.SecondHost], names.Dialed.Where(target => target.Port == nginx.Port).Select(target => target.Host));
    }

    /// <remarks>Without <c>private=true</c>, a name of this machine is not served.</remarks>
    [PeerFact(Curl.Program, Nginx.Program)]
    public async Task Sni_TargetIsThisMachine_IsRefused()
    {
        await using PeerProcess nginx = await NginxTls.StartAsync(Certificate);
        await using Gost far = Gost.Start("-L", $"sni://{LocalForward.AnyPort}?sniport={nginx.Port}");
        int port = (await far.ListensAsync()).Port;

        (int exitCode, string output) = await Curl.RunAsync(
            "--cacert", Certificate, "--connect-to", $"::127.0.0.1:{port}", $"https://{NginxTls.LocalHost}/");

        Assert.True(exitCode is Curl.TlsFailed or Curl.ReceiveFailed, output);
    }

    [PeerTheory(Curl.Program, Nginx.Program)]
    [InlineData("tls://:{0}/:{1}", "http://:{1}")]
    [InlineData("tls://:{0}/:{1}", "auto://:{1}")]
    [InlineData("https://:{0}", null)]
    [InlineData("http+tls://:{0}", null)]
    [InlineData("tls://:{0}", null)] // every protocol over TLS
    public async Task HttpProxy_OverTls_ServesCurl(string tunnel, string? proxy)
    {
        await using PeerProcess nginx = await Nginx.StartAsync();
        (int port, int inner) = (FreePort.Next(), FreePort.Next());
        await using Gost gost = Gost.Start(
        [
            "-L", string.Format(CultureInfo.InvariantCulture, tunnel, port, inner) + $"?cert={_files.Server}&key={_files.Server}",
            .. proxy is null ? Array.Empty<string>() : ["-L", string.Format(CultureInfo.InvariantCulture, proxy, port, inner)],
        ]);
        await ListeningSockets.OpenedAsync(port).OrFail();
        await (proxy is null ? Task.CompletedTask : ListeningSockets.OpenedAsync(inner)).OrFail();
        string target = $"http://{nginx.Address}/requests";
        string[] named = ["--resolve", $"db.example:{port}:127.0.0.1", "--proxy", $"https://db.example:{port}"];

        Assert.Equal((0, "1\n"), await Curl.RunAsync("--proxy", $"https://127.0.0.1:{port}", "--proxy-insecure", target));
        Assert.Equal((0, "1\n"), await Curl.RunAsync([.. named, "--proxy-cacert", _files.Authority, target]));
        Assert.Equal((0, "1\n"), await Curl.RunAsync([.. named, "--proxy-cacert", _files.Authority, "--proxytunnel", target]));
        (int exitCode, string output) = await Curl.RunAsync([.. named, "--proxy-cacert", _files.OtherAuthority, target]);
        Assert.True(exitCode is Curl.CertificateRejected or Curl.TlsFailed, $"{exitCode}: {output}"); // both authorities have one name
    }

    [PeerFact(Curl.Program, Nginx.Program)]
    public async Task HttpProxy_HostIsServedOverTlsToo_AllIsEncryptedTwice()
    {
        await using PeerProcess nginx = await NginxTls.StartAsync(Certificate);
        await using Gost gost = Gost.Start("-L", $"https://{LocalForward.AnyPort}?cert={_files.Server}&key={_files.Server}");
        int port = (await gost.ListensAsync()).Port;

        Assert.Equal((0, "localhost localhost\n"), await Curl.RunAsync(
            "--proxy", $"https://127.0.0.1:{port}", "--proxy-insecure", "--cacert", Certificate, $"https://localhost:{nginx.Port}/"));
    }

    /// <remarks>What curl says over TLS is no smux, which is seen at once.</remarks>
    [PeerTheory(Curl.Program)]
    [InlineData("mtls")]
    [InlineData("http+mtls")]
    [InlineData("http+mwss")]
    public async Task HttpProxy_OverWhatCurlDoesNotSpeak_EndsTheConnection(string scheme)
    {
        await using Gost gost = Gost.Start("-L", $"{scheme}://{LocalForward.AnyPort}");
        int port = (await gost.ListensAsync()).Port;

        (int exitCode, string output) = await Curl.RunAsync(
            "--proxy", $"https://127.0.0.1:{port}", "--proxy-insecure", "http://127.0.0.1:9/").WaitAsync(TimeSpan.FromSeconds(15));

        Assert.True(exitCode is Curl.TlsFailed or Curl.ReceiveFailed or Curl.AnsweredNothing or Curl.AnswerWasAnError, $"{exitCode}: {output}");
    }

    private async Task AssertHostAnswersAsync(string host, params string[] through)
    {
        (int exitCode, string output) = await Curl.RunAsync([.. through, "--cacert", Certificate, $"https://{host}/"]);
        Assert.Equal((0, $"{host} {host}"), (exitCode, output.TrimEnd()));
    }
}
