using System.Text;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Building;

/// <summary>The chain alone, under other code.</summary>
public sealed class DialerExtensionsTests
{
    private readonly InMemoryNetwork _network = new();

    [Fact]
    public async Task ToConnectCallback_UnderHttpClient_ReachesTheServerByName()
    {
        await using IListener server = await _network.ListenAsync(new("web.test", 80));
        Task<string> serving = AnswerAsync(server, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
        using var client = new HttpClient(new SocketsHttpHandler { ConnectCallback = Dialer().ToConnectCallback() });

        Assert.Equal("hello", await client.GetStringAsync(new Uri("http://web.test/path")).OrFail());
        Assert.StartsWith("GET /path HTTP/1.1\r\nHost: web.test\r\n", await serving.OrFail(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ToConnectCallback_ThroughAProxy_AsksItForTheNameAsItIs()
    {
        await using IListener proxy = await _network.ListenAsync(ForwardScene.At("p"));
        Task<string> serving = AnswerAsync(proxy, "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = new ForwardBuilder().UseNetwork(_network).ViaHttp("p:1").BuildDialer().ToConnectCallback(),
        });
        using HttpResponseMessage response = await client.GetAsync(new Uri("http://web.test:8080/")).OrFail();

        Assert.Equal(204, (int)response.StatusCode);
        string asked = await serving.OrFail();
        Assert.StartsWith("CONNECT web.test:8080 HTTP/1.1\r\n", asked, StringComparison.Ordinal);
        Assert.Contains("\r\n\r\nGET / HTTP/1.1\r\nHost: web.test:8080\r\n", asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ToConnectCallback_TargetRefuses_SaysWhy()
    {
        using var client = new HttpClient(new SocketsHttpHandler { ConnectCallback = Dialer().ToConnectCallback() });

        HttpRequestException e = await Assert.ThrowsAsync<HttpRequestException>(
            () => client.GetStringAsync(new Uri("http://web.test/")).OrFail());
        Assert.Equal(ForwardError.ConnectionRefused, Assert.IsType<ForwardException>(e.InnerException).Error);
    }

    [Fact]
    public async Task DialStreamAsync_StreamIsDisposed_ClosesTheConnection()
    {
        await using IListener server = await _network.ListenAsync(ForwardScene.At("s"));
        Stream stream = await Dialer().DialStreamAsync(ForwardScene.At("s")).OrFail();
        await using IConnection? accepted = await server.AcceptAsync().OrFail();
        await stream.WriteAsync(new byte[] { 1, 2 });
        await stream.DisposeAsync();

        Assert.Equal([1, 2], await accepted!.ReadToEndAsync().OrFail());
    }

    [Fact]
    public async Task BuildDialer_TargetIsSilent_GivesUpAfterFiveSeconds()
    {
        var time = new ManualTimeProvider();
        _network.Hang(ForwardScene.At("s"));
        Task<IConnection> dialing = new ForwardBuilder().UseNetwork(_network).UseTimeProvider(time)
            .BuildDialer().DialAsync(ForwardScene.At("s")).AsTask();
        await time.WaitForTimersAsync(1).OrFail();
        time.Advance(TimeSpan.FromSeconds(5));

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => dialing.OrFail());
        Assert.Equal(ForwardError.TimedOut, e.Error);
        Assert.True(e.IsTargetFault);
    }

    private IDialer Dialer() => new ForwardBuilder().UseNetwork(_network).BuildDialer();

    /// <summary>Takes one connection and gives each answer after the end of a request's head.</summary>
    /// <returns>All that was asked.</returns>
    private static async Task<string> AnswerAsync(IListener listener, params string[] answers)
    {
        await using IConnection? connection = await listener.AcceptAsync();
        var asked = new StringBuilder();
        foreach (string answer in answers)
        {
            int start = asked.Length;
            while (!asked.ToString(start, asked.Length - start).EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                asked.Append((char)(await connection!.ReadAsync(1))[0]);
            }

            await connection!.Stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
        }

        return asked.ToString();
    }
}
