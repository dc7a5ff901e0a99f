using System.Text;
using GostNet.Protocols.Authentication;
using GostNet.Protocols.Http;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols.Http;

public sealed class HttpProbeResistTests : HttpProxyTests, IDisposable
{
    private const string Probe = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Look = "Date: Sat, 03 Feb 2001 04:05:06 GMT\r\nServer: nginx/1.14.1\r\n";

    private readonly string _file = Path.GetTempFileName();

    public HttpProbeResistTests() => Host.Authenticator = new UserTable("ann", "secret");

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("code:404", "404 Not Found")]
    [InlineData("code:500", "500 Internal Server Error")]
    [InlineData("file:/no/such/file", "503 Service Unavailable")]
    [InlineData("host:nobody.example:80", "503 Service Unavailable")]
    [InlineData("web:nobody.example", "503 Service Unavailable")]
    public async Task Probe_WithoutALogin_IsAnsweredAsByAWebServer(string resist, string status)
    {
        Resist(resist);

        (string answer, Exception? failure) = await AskAsync(Probe);

        Assert.Equal($"HTTP/1.1 {status}\r\n{Look}Content-Length: 0\r\n\r\n", answer);
        Assert.Equal(ForwardError.AuthenticationRequired, Assert.IsType<ForwardException>(failure).Error);
    }

    [Theory]
    [InlineData("GET http://a.example/ HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("CONNECT a.example:443 HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nProxy-Authorization: Basic YW5uOndyb25n\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\nabc")]
    public async Task Probe_OfAnyKind_IsAnsweredAlike(string probe)
    {
        Resist("code:204");

        Assert.Equal($"HTTP/1.1 204 No Content\r\n{Look}\r\n", (await AskAsync(probe)).Answer);
        Assert.Empty(Host.Dials);
    }

    [Fact]
    public async Task Probe_AnsweredWith200_KeepsTheConnectionAsItSays()
    {
        Resist("code:200", knock: "Knock.Example");
        (IConnection client, Task served) = Connect();
        for (int i = 0; i < 3; i++)
        {
            await SendAsync(client, Probe);
            await ExpectAsync(client, $"HTTP/1.1 200 OK\r\n{Look}Content-Length: 0\r\nConnection: keep-alive\r\n\r\n");
        }

        await client.CompleteWritesAsync();
        await ExpectEndAsync(client);
        await Assert.ThrowsAsync<ForwardException>(() => served.OrFail());
    }

    [Theory]
    [InlineData("GET http://knock.example/ HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET http://KNOCK.example:8080/x HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("CONNECT knock.EXAMPLE:443 HTTP/1.1\r\nHost: a\r\n\r\n")]
    public async Task Probe_ThatKnocks_IsAskedToLogIn(string probe)
    {
        Resist("code:404", knock: "Knock.Example");

        Assert.Equal(LoginRequired, (await AskAsync(probe)).Answer);
    }

    [Theory]
    [InlineData("GET http://a.example/ HTTP/1.1\r\nHost: knock.example\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: knock.example\r\n\r\n")]
    public async Task Probe_ThatOnlyNamesTheHost_DoesNotKnock(string probe)
    {
        Resist("code:404", knock: "knock.example");

        Assert.StartsWith("HTTP/1.1 404", (await AskAsync(probe)).Answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_WithALogin_IsServedAsEver()
    {
        Resist("code:404");
        await ListenAsync("a.example", 443);
        (IConnection client, _) = Connect();
        await SendAsync(client, $"CONNECT a.example:443 HTTP/1.1\r\nHost: a\r\nProxy-Authorization: {Basic("ann:secret")}\r\n\r\n");

        await ExpectAsync(client, Connected);
    }

    [Fact]
    public async Task Request_WithALoginAfterAProbe_MakesUpForIt()
    {
        Resist("code:200");
        IListener listener = await ListenAsync("a.example");
        (IConnection client, Task served) = Connect();
        await SendAsync(client, Probe);
        await ExpectAsync(client, "HTTP/1.1 200 OK\r\n");
        await SendAsync(
            client, $"GET http://a.example/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\nProxy-Authorization: {Basic("ann:secret")}\r\n\r\n");
        IConnection target = await AcceptAsync(listener);
        await SendAsync(target, "HTTP/1.1 204 No Content\r\n\r\n");
        await EndUnlessAbortedAsync(target);

        Assert.EndsWith(
            "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
            Encoding.ASCII.GetString(await client.ReadToEndAsync().OrFail()),
            StringComparison.Ordinal);
        await served.OrFail();
    }

    [Theory]
    [InlineData("GET", true)]
    [InlineData("HEAD", false)]
    public async Task File_IsSentWhole(string method, bool hasBody)
    {
        string content = new('x', 40_000);
        File.WriteAllText(_file, content);
        Resist($"file:{_file}");

        Assert.Equal(
            $"HTTP/1.1 200 OK\r\n{Look}Content-Length: 40000\r\nConnection: keep-alive\r\n\r\n{(hasBody ? content : "")}",
            (await AskAsync(Probe.Replace("GET", method, StringComparison.Ordinal))).Answer);
    }

    [Fact]
    public async Task Web_IsFetchedOnceAMinuteWithoutItsFields()
    {
        IListener listener = await ListenAsync("web.example", 8080);
        Resist("web:web.example:8080/page?x");
        Task serving = ServePageAsync();

        string answer = (await AskAsync(Probe)).Answer;
        Assert.Equal($"HTTP/1.1 410 Gone\r\n{Look}Content-Length: 5\r\n\r\nhello", answer);
        await serving.OrFail();
        Host.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.EndsWith("hello", (await AskAsync(Probe)).Answer, StringComparison.Ordinal);
        Assert.Single(Host.Network.Dials);
        Host.Clock.Advance(TimeSpan.FromSeconds(1));
        serving = ServePageAsync();
        Assert.EndsWith("hello", (await AskAsync(Probe)).Answer, StringComparison.Ordinal);
        await serving.OrFail();

        async Task ServePageAsync()
        {
            IConnection connection = await AcceptAsync(listener);
            await ExpectAsync(connection, "GET /page?x HTTP/1.1\r\nHost: web.example:8080\r\n\r\n");
            await SendAsync(connection, "HTTP/1.1 410 Gone\r\nX-Powered-By: y\r\nContent-Length: 5\r\n\r\nhello");
        }
    }

    [Fact]
    public async Task Host_GetsTheRequestInOriginFormWithoutTheLogin()
    {
        IListener listener = await ListenAsync("decoy.example", 81);
        Resist("host:decoy.example:81");
        (IConnection client, Task served) = Connect();
        await SendAsync(
            client,
            "POST http://a.example/x?y HTTP/1.1\r\nHost: a.example\r\nProxy-Authorization: Basic YTpi\r\nConnection: keep-alive\r\n"
            + "Proxy-Connection: keep-alive\r\nTE: x\r\nContent-Length: 3\r\n\r\nabc");

        IConnection decoy = await AcceptAsync(listener);
        await ExpectAsync(
            decoy, "POST /x?y HTTP/1.1\r\nHost: a.example\r\nConnection: keep-alive\r\nTE: x\r\nContent-Length: 3\r\n\r\nabc");
        await SendAsync(decoy, "anything");
        await ExpectAsync(client, "anything");
        await SendAsync(client, "more");
        await ExpectAsync(decoy, "more");
        await client.CompleteWritesAsync();
        await decoy.CompleteWritesAsync();
        await Assert.ThrowsAsync<ForwardException>(() => served.OrFail());
    }

    [Theory]
    [InlineData("404")]
    [InlineData("")]
    [InlineData("code:")]
    [InlineData("code:99")]
    [InlineData("code:101")]
    [InlineData("code:600")]
    [InlineData("code:+404")]
    [InlineData("web:")]
    [InlineData("web:http://")]
    [InlineData("web:https//x y")]
    [InlineData("host:a.example")]
    [InlineData("host:a.example:0")]
    [InlineData("file:")]
    [InlineData("Code:404")]
    [InlineData("proxy:x")]
    public void TryParse_OfAnythingElse_SaysWhy(string text)
    {
        Assert.False(HttpProbeResist.TryParse(text, out _, out string? problem));
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void Constructor_WithoutADialerForTheAnswer_Throws()
    {
        Assert.True(HttpProbeResist.TryParse("web:https://a.example/", out HttpProbeResist? resist, out _));

        Assert.Throws<ArgumentException>(() => new HttpProxyServer(new() { ProbeResist = resist }));
    }

    private void Resist(string text, string? knock = null)
    {
        Assert.True(HttpProbeResist.TryParse(text, out HttpProbeResist? resist, out string? problem), problem);
        Options = Options with { ProbeResist = resist, ProbeDialer = Host.Network.Dialer, Knock = knock };
    }
}
