using System.Globalization;
using System.Net;
using System.Net.Sockets;
using GostNet.Interop.Tests.Forwarding;
using GostNet.Interop.Tests.Peers;
using GostNet.Interop.Tests.Targets;
using GostNet.Tests.Shared;

namespace GostNet.Interop.Tests.Tunnels;

/// <summary>Every protocol over every transport: a real client, our proxy on its side, the transport, our server, a real target.</summary>
public sealed class ProxyTests
{
    private const string Login = "gost:right-password@";

    public static TheoryData<string> Transports => TunnelTransports.All;

    public static TheoryData<string, string> Ways
    {
        get
        {
            TheoryData<string, string> ways = [];
            foreach (string transport in TunnelTransports.Names)
            {
                ways.Add("socks5", transport);
                ways.Add("http", transport);
                ways.Add("auto", transport);
            }

            ways.Add("socks4a", "wss");
            return ways;
        }
    }

    [PeerTheory(Curl.Program, Nginx.Program)]
    [MemberData(nameof(Ways))]
    public async Task Serve_Curl_IsServed(string protocol, string transport)
    {
        await using PeerProcess nginx = await Nginx.StartAsync();
        string login = protocol == "socks4a" ? "" : Login; // it has none
        await using TwoEnds ends = await TwoEnds.StartAsync(
            $"{protocol}+{transport}://{login}{LocalForward.AnyPort}",
            $"auto://{LocalForward.AnyPort}",
            $"{(protocol == "auto" ? "http" : protocol)}+{transport}://{login}{{far}}");
        string target = $"http://localhost:{nginx.Port}/requests";

        foreach (CurlProxy proxy in (CurlProxy[])[CurlProxy.Socks5Hostname, CurlProxy.Http, CurlProxy.HttpConnect])
        {
            Assert.Equal((0, "1\n"), await Curl.RunAsync([.. Curl.Through(proxy, ends.Near.Port()), target]));
        }
    }

    [PeerTheory(Curl.Program, Nginx.Program)]
    [InlineData("socks5", "tls")]
    [InlineData("http", "mwss")]
    public async Task Serve_WrongPassword_IsRefused(string protocol, string transport)
    {
        await using PeerProcess nginx = await Nginx.StartAsync();
        await using TwoEnds ends = await TwoEnds.StartAsync(
            $"{protocol}+{transport}://{Login}{LocalForward.AnyPort}",
            $"http://{LocalForward.AnyPort}",
            $"{protocol}+{transport}://gost:wrong@{{far}}");

        (int exitCode, string output) = await Curl.RunAsync(
            [.. Curl.Through(CurlProxy.HttpConnect, ends.Near.Port()), $"http://{nginx.Address}/requests"]);

        Assert.True(exitCode == Curl.AnswerWasAnError, output);
    }

    [PeerTheory(Curl.Program)]
    [InlineData("socks5", "mtls")]
    [InlineData("http", "wss")]
    public async Task Serve_TargetRefuses_CurlIsTold(string protocol, string transport)
    {
        using ClosedPort closed = new();
        await using TwoEnds ends = await TwoEnds.StartAsync(
            $"{protocol}+{transport}://{LocalForward.AnyPort}", $"auto://{LocalForward.AnyPort}", $"{protocol}+{transport}://{{far}}");

        foreach (CurlProxy proxy in (CurlProxy[])[CurlProxy.Socks5Hostname, CurlProxy.HttpConnect])
        {
            (int exitCode, string output) = await Curl.RunAsync([.. Curl.Through(proxy, ends.Near.Port()), $"http://{closed.Address}/"]);
            Assert.True(exitCode == Curl.RefusedBy(proxy), output);
        }
    }

    /// <remarks>The second hop's transport runs inside what the first one gives.</remarks>
    [PeerTheory(Curl.Program, Nginx.Program)]
    [InlineData("socks5+mtls", "http+wss")]
    [InlineData("http+wss", "socks5+mwss")]
    [InlineData("socks5+otls", "socks5+tls")]
    [InlineData("http+mws", "http+mtls")]
    [InlineData("socks5+mwss", "socks5+ohttp")]
    public async Task Chain_OfTwoTransports_ServesCurl(string first, string second)
    {
        await using PeerProcess nginx = await Nginx.StartAsync();
        await using Forwarder far = await LocalForward.Of($"{second}://{LocalForward.AnyPort}").StartAsync();
        await using Forwarder middle = await LocalForward.Of($"{first}://{LocalForward.AnyPort}").StartAsync();
        await using Forwarder near = await LocalForward.Of(
            $"auto://{LocalForward.AnyPort}", $"{first}://{middle.Address()}", $"{second}://{far.Address()}").StartAsync();

        string[] arguments = [.. Curl.Through(CurlProxy.Socks5Hostname, near.Port()), $"http://localhost:{nginx.Port}/requests"];
        (int ExitCode, string Output)[] runs = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Curl.RunAsync(arguments)));

        Assert.All(runs, run => Assert.Equal((0, "1\n"), run));
        Assert.InRange(far.Forwards[0].TotalConnections, 1, 5);
    }

    [PeerTheory(Dnsmasq.Program, DnsQuestion.Program)]
    [MemberData(nameof(Transports))]
    public async Task Udp_ThroughSocks5_Dig_IsAnswered(string transport)
    {
        await using PeerProcess dnsmasq = await Dnsmasq.StartAsync();
        await using TwoEnds ends = await TwoEnds.StartAsync(
            $"socks5+{transport}://{LocalForward.AnyPort}",
            $"udp://{LocalForward.AnyPort}/{dnsmasq.Address}",
            $"socks5+{transport}://{{far}}");

        string[] answers = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(_ => DnsQuestion.AskAsync(ends.Near, Dnsmasq.HostName, "A", "+notcp")));
        Assert.All(answers, answer => Assert.Equal(Dnsmasq.HostAddress, answer));

        string longAnswer = await DnsQuestion.AskAsync(
            ends.Near,
            Dnsmasq.TextName,
            "TXT",
            "+notcp", "+ignore", string.Create(CultureInfo.InvariantCulture, $"+bufsize={Dnsmasq.MaxAnswer}"));
        Assert.Equal(string.Join(' ', Dnsmasq.Texts.Select(text => $"\"{text}\"")), longAnswer);
    }

    [Theory]
    [InlineData("tls", false)]
    [InlineData("wss", false)]
    [InlineData("wss", true)]
    [InlineData("mwss", false)]
    [InlineData("mwss", true)]
    [InlineData("otls", true)]
    public async Task Rtcp_ThroughSocks5_PeersAreServed(string transport, bool multiplex)
    {
        await using TcpTarget target = TcpTarget.Echo();
        await using TwoEnds ends = await StartRemoteAsync("rtcp", transport, LocalForward.At(target.Port), multiplex);
        EndPoint bound = await ends.Near.Forwards[0].WaitUntilListeningAsync().OrFail();

        for (int seed = 0; seed < 5; seed++)
        {
            await ListeningSockets.OpenedAsync(((IPEndPoint)bound).Port).OrFail(); // BIND has to be asked for anew for each
            await TcpTraffic.AssertEchoedAsync(bound, seed).OrFail();
        }
    }

    [Theory]
    [InlineData("wss", false)]
    [InlineData("wss", true)]
    [InlineData("mtls", false)]
    public async Task Rtcp_ThroughSocks5_PeerThatEndsItsDirectionGetsTheAnswerWhole(string transport, bool multiplex)
    {
        await using AnswerTarget target = new();
        await using TwoEnds ends = await StartRemoteAsync("rtcp", transport, LocalForward.At(target.Port), multiplex);
        using Socket peer = await TcpTraffic.ConnectAsync(await ends.Near.Forwards[0].WaitUntilListeningAsync().OrFail());

        Assert.Equal(AnswerTarget.Answer, await AnswerTarget.AskAsync(peer).OrFail());
        Assert.Equal(AnswerTarget.Question, await target.Received.OrFail());
    }

    [Theory]
    [InlineData("tls")]
    [InlineData("mwss")]
    public async Task Rudp_ThroughSocks5_PeersAreServed(string transport)
    {
        await using UdpTarget target = new();
        await using TwoEnds ends = await StartRemoteAsync("rudp", transport, target.Address, multiplex: false);

        await UdpTarget.AssertAnswersAsync(
            await ends.Near.Forwards[0].WaitUntilListeningAsync().OrFail(), clients: 4, each: 10);
    }

    private static Task<TwoEnds> StartRemoteAsync(string mode, string transport, string target, bool multiplex) => TwoEnds.StartAsync(
        $"socks5+{transport}://{LocalForward.AnyPort}",
        $"{mode}://{LocalForward.AnyPort}/{target}",
        $"socks5+{transport}://{{far}}?mbind={multiplex}");
}
