using GostNet.Protocols.Authentication;
using GostNet.Protocols.Http;

namespace GostNet.Tests.Protocols.Http;

/// <summary>Heads that two readers could understand in two ways, or that no client sends (proxies, section 8).</summary>
public sealed class HttpHostileHeadTests : HttpProxyTests
{
    public static TheoryData<string> Hostile =>
    [
        "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003\r\n\r\n", // a TLS hello
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u0005\u0001\0\r\n\r\n",
        "\r\n\r\nGET http://a.example/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET\r\n\r\n",
        "GET http://a.example/\r\n\r\n",
        "GET  http://a.example/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://a.example/  HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://a.example/ b HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://a.example/\tb HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://a.example/\0 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://a.example/\u007f HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://a.example/ HTTP/1.1 \r\nHost: a\r\n\r\n",
        "GET http://a.example/ HTTP/1.2\r\nHost: a\r\n\r\n",
        "GET http://a.example/ HTTP/0.9\r\nHost: a\r\n\r\n",
        "GET http://a.example/ http/1.1\r\nHost: a\r\n\r\n",
        "GET http://a.example/ HTTP/1.10\r\nHost: a\r\n\r\n",
        " GET http://a.example/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "G(T http://a.example/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "G\u00c9T http://a.example/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://a.example/ HTTP/1.1\nHost: a\r\n\r\n",
        "GET http://a.example/ HTTP/1.1\r\nHost: a\n\r\n",
        "GET http://a.example/ HTTP/1.1\r\nHost: a\n\n",
        "GET http://a.example/ HTTP/1.1\r\nHost: a\r\nA: b\nB: c\r\n\r\n",
        "GET http://a.example/ HTTP/1.1\r\nHost: a\r\nA: b\rB: c\r\n\r\n",
        "GET http://a.example/ HTTP/1.1\r\r\nHost: a\r\n\r\n",
        "GET http://a.example/ HTTP/1.1\r\nHost: a\r\nA: b\0\r\n\r\n",
        "GET http://a.example/ HTTP/1.1\r\nHost: a\r\nA: b\u001b[0m\r\n\r\n",
        "GET http://a.example/ HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n",
        "GET http://a.example/ HTTP/1.1\r\nHost: a\r\nA: b\r\n\tc\r\n\r\n",
        "GET http://a.example/ HTTP/1.1\r\n Host: a\r\n\r\n",
        "GET http://a.example/ HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",
        "GET http://a.example/ HTTP/1.1\r\nHost: a\r\nA\r\n\r\n",
        "GET http://a.example/ HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n",
        "GET http://a.example/ HTTP/1.1\r\nHost: a\r\nA\t: b\r\n\r\n",
        "GET http://a.example/ HTTP/1.1\r\nHost: a\r\nA b: c\r\n\r\n",
        "GET http://a.example/ HTTP/1.1\r\nHost: a\r\nA\"b: c\r\n\r\n",
        "GET http://a.example/ HTTP/1.1\r\n\r\n",
        "GET http://a.example/ HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n",
        "GET http://a.example/ HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
        "CONNECT a.example:80 HTTP/1.1\r\n\r\n",
        "POST http://a.example/ HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST http://a.example/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        "POST http://a.example/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\nContent-Length: 3\r\n\r\nabc",
        "POST http://a.example/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
        "POST http://a.example/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST http://a.example/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        "POST http://a.example/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST http://a.example/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST http://a.example/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n",
        "POST http://a.example/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n0\r\n\r\n",
        "POST http://a.example/ HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST http://a.example/ HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        "POST http://a.example/ HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 4\r\n\r\nabc",
        "POST http://a.example/ HTTP/1.1\r\nHost: a\r\nContent-Length: 3,\r\n\r\nabc",
        "POST http://a.example/ HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\nabc",
        "POST http://a.example/ HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\nabc",
        "POST http://a.example/ HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc",
        "POST http://a.example/ HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3\r\n\r\nabc",
        "POST http://a.example/ HTTP/1.1\r\nHost: a\r\nContent-Length: 3 4\r\n\r\nabc",
        "POST http://a.example/ HTTP/1.1\r\nHost: a\r\nContent-Length: 3.0\r\n\r\nabc",
        "POST http://a.example/ HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999999999999\r\n\r\nabc",
        "GET http://a.example/ HTTP/1.1\r\nHost: a\r\nA",
    ];

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task Head_ThatIsHostile_IsRefusedWithoutADial(string request)
    {
        (string answer, Exception? failure) = await AskAsync(request);

        Assert.Equal(BadRequest, answer);
        Assert.IsType<ForwardException>(failure);
        Assert.Empty(Host.Dials);
    }

    [Fact]
    public async Task Head_ThatIsHostile_GetsNoAnswerWhereTheProxyHides()
    {
        Host.Authenticator = new UserTable("ann", "secret");
        Assert.True(HttpProbeResist.TryParse("code:404", out HttpProbeResist? resist, out _));
        Options = Options with { ProbeResist = resist };

        (string answer, Exception? failure) = await AskAsync("GET http://a.example/ HTTP/1.1\r\nHost : a\r\n\r\n");

        Assert.Equal("", answer);
        Assert.IsType<ForwardException>(failure);
    }

    [Fact]
    public async Task Head_OfTheGreatestLength_IsRead()
    {
        (string answer, _) = await AskAsync(Head(64 * 1024));

        Assert.StartsWith("HTTP/1.1 503", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Head_ThatIsTooLong_IsRefused()
    {
        (string answer, _) = await AskAsync(Head((64 * 1024) + 1));

        Assert.Equal($"HTTP/1.1 431 Request Header Fields Too Large\r\n{Agent}Content-Length: 0\r\n\r\n", answer);
    }

    [Theory]
    [InlineData(99, "503")]
    [InlineData(100, "431")]
    public async Task Head_WithManyFields_IsReadUpToAHundred(int count, string status)
    {
        string fields = string.Concat(Enumerable.Range(0, count).Select(i => $"X{i}: y\r\n"));

        Assert.StartsWith(
            $"HTTP/1.1 {status}", (await AskAsync($"GET http://a.example/ HTTP/1.1\r\nHost: a\r\n{fields}\r\n")).Answer, StringComparison.Ordinal);
    }

    private static string Head(int length)
    {
        const string start = "GET http://a.example/ HTTP/1.1\r\nHost: a\r\nX: ";
        return start + new string('x', length - start.Length - 4) + "\r\n\r\n";
    }
}
