using System.Net;
using System.Text;
using GostNet.Testing;
using GostNet.Tests.Shared;
using Snippets;

namespace GostNet.Tests.Docs;

/// <summary>The code that README files show does what they say, in memory.</summary>
public sealed class SnippetRunTests
{
    private static readonly HostEndPoint Database = new("db.internal", 5432);
    private readonly InMemoryNetwork _network = new();

    [Fact]
    public async Task LocalForward_AClient_ReachesTheTarget()
    {
        await using IListener web = await ListenAsync("example.com:80");

        await LocalForward.RunAsync(_network, async forwarder =>
        {
            await ExchangeAsync(await DialAsync("127.0.0.1:8080"), await AcceptAsync(web));
            Assert.Equal(ForwardState.Listening, Assert.Single(forwarder.Forwards).State);
        }).OrFail();
    }

    [Fact]
    public async Task TwoProxies_AClient_ReachesTheTargetThroughBoth()
    {
        await using IListener proxy = await ListenAsync("proxy.example.com:3128");

        await TwoProxies.RunAsync(_network, async _ =>
        {
            IConnection client = await DialAsync("127.0.0.1:5432");
            IConnection chain = await AcceptAsync(proxy);
            string connect = await chain.GrantConnectAsync();
            Assert.StartsWith("CONNECT 10.0.0.1:1080 HTTP/1.1\r\n", connect, StringComparison.Ordinal);
            Assert.Contains($"Basic {Convert.ToBase64String("alice:secret"u8)}\r\n", connect, StringComparison.Ordinal);
            Assert.Equal(("bob:secret", Database), await chain.GrantSocks5Async());
            await ExchangeAsync(client, chain);
        }).OrFail();
    }

    [Fact]
    public async Task SeveralTargets_TheFirstIsDown_ReachesTheSecond()
    {
        await using IListener second = await ListenAsync("10.0.0.2:80");

        await SeveralTargets.RunAsync(
            _network, async _ => await ExchangeAsync(await DialAsync("127.0.0.1:8080"), await AcceptAsync(second))).OrFail();
        Assert.Equal([new("127.0.0.1", 8080), new("10.0.0.1", 80), new("10.0.0.2", 80)], _network.Dials);
    }

    [Fact]
    public async Task SeveralProxies_TheFirstIsDown_GoesThroughTheSecond()
    {
        await using IListener second = await ListenAsync("10.0.0.2:3128");

        await SeveralProxies.RunAsync(_network, async _ =>
        {
            IConnection client = await DialAsync("127.0.0.1:5432");
            IConnection chain = await AcceptAsync(second);
            Assert.StartsWith($"CONNECT {Database} ", await chain.GrantConnectAsync(), StringComparison.Ordinal);
            await ExchangeAsync(client, chain);
        }).OrFail();
    }

    [Fact]
    public async Task UdpForward_AClient_GetsAnAnswer()
    {
        await using IDatagramListener server = await _network.ListenDatagramsAsync(HostEndPoint.Parse("10.0.0.53:53"));

        await UdpForward.RunAsync(_network, async _ =>
        {
            await using IDatagramSocket client = await _network.DatagramDialer.DialAsync(HostEndPoint.Parse("127.0.0.1:5353"));
            byte[] buffer = new byte[65535];
            await client.SendAsync("question"u8.ToArray());
            SocketAddress peer = server.CreateAddress();
            Assert.Equal("question", Encoding.ASCII.GetString(buffer, 0, await server.ReceiveFromAsync(buffer, peer)));
            await server.SendToAsync("answer"u8.ToArray(), peer);
            Assert.Equal("answer", Encoding.ASCII.GetString(buffer, 0, await client.ReceiveAsync(buffer)));
        }).OrFail();
    }

    [Fact]
    public async Task HttpClientThroughProxies_ARequest_GoesThroughTheChain()
    {
        await using IListener proxy = await ListenAsync("10.0.0.1:1080");

        Task<string> page = HttpClientThroughProxies.RunAsync(_network);
        IConnection chain = await AcceptAsync(proxy);
        Assert.Equal(("", new("intranet.example.com", 80)), await chain.GrantSocks5Async().OrFail());
        Assert.StartsWith("GET / HTTP/1.1\r\n", await chain.ReadHeadAsync().OrFail(), StringComparison.Ordinal);
        await chain.Stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nWelcome"u8.ToArray());

        Assert.Equal("Welcome", await page.OrFail());
        await chain.DisposeAsync();
    }

    [Fact]
    public async Task NodeUrls_AClient_ReachesTheTargetThroughTheProxy()
    {
        await using IListener proxy = await ListenAsync("10.0.0.1:1080");

        await NodeUrls.RunAsync(_network, async _ =>
        {
            IConnection client = await DialAsync("127.0.0.1:2222");
            IConnection chain = await AcceptAsync(proxy);
            Assert.Equal(("", new("192.168.1.1", 22)), await chain.GrantSocks5Async());
            await ExchangeAsync(client, chain);
        }).OrFail();
    }

    [Fact]
    public async Task UnitTest_OfAUser_Passes() => await UnitTest.RunAsync().OrFail();

    [Fact]
    public async Task Observing_AConnection_IsToldOfWhenItEnds()
    {
        await using IListener web = await ListenAsync("example.com:80");

        await Observing.RunAsync(_network, async forwarder =>
        {
            TaskCompletionSource<ForwardedConnection> closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            forwarder.ConnectionClosed += (_, e) => closed.SetResult(e.Connection);
            await ExchangeAsync(await DialAsync("127.0.0.1:8080"), await AcceptAsync(web));
            Assert.Equal(ConnectionEnd.Completed, (await closed.Task).End);
        }).OrFail();
    }

    [Fact]
    public void Mistakes_OfTheUser_AreAllInTheReadme() => Assert.Equal(
        Mistakes.Run(), Mistakes.Run().Where(mistake => Repository.Read("README.md").Contains($"\n{mistake}\n", StringComparison.Ordinal)));

    private async Task<IListener> ListenAsync(string endPoint) => await _network.ListenAsync(HostEndPoint.Parse(endPoint));

    private async Task<IConnection> DialAsync(string endPoint) => await _network.Dialer.DialAsync(HostEndPoint.Parse(endPoint)).OrFail();

    private static async Task<IConnection> AcceptAsync(IListener listener)
    {
        IConnection? connection = await listener.AcceptAsync().OrFail();
        Assert.NotNull(connection);
        return connection;
    }

    /// <summary>A question and an answer, each ended; then both ends are closed.</summary>
    private static async Task ExchangeAsync(IConnection client, IConnection target)
    {
        await using (client)
        await using (target)
        {
            await client.SendAndEndAsync("question"u8.ToArray());
            Assert.Equal("question"u8.ToArray(), await target.ReadToEndAsync());
            await target.SendAndEndAsync("answer"u8.ToArray());
            Assert.Equal("answer"u8.ToArray(), await client.ReadToEndAsync());
        }
    }
}
