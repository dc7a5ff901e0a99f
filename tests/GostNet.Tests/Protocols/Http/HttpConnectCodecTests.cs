using System.Text;
using GostNet.Internal.Http;
using GostNet.Protocols.Http;

namespace GostNet.Tests.Protocols.Http;

public class HttpConnectCodecTests
{
    [Theory]
    [InlineData("db", 5432, "db:5432")]
    [InlineData("::1", 80, "[::1]:80")]
    [InlineData("", 80, ":80")]
    public void WriteRequest_EveryLine_IsInGostsOrder(string host, int port, string authority) => Assert.Equal(
        $"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: me/1\r\nProxy-Authorization: Basic dTpw\r\n"
            + "Proxy-Connection: keep-alive\r\n\r\n",
        Encoding.ASCII.GetString(HttpConnectCodec.WriteRequest(new(host, port), "me/1", "Basic dTpw")));

    [Fact]
    public void WriteRequest_NothingToTell_LeavesTheLinesOut() => Assert.Equal(
        "CONNECT db:1 HTTP/1.1\r\nHost: db:1\r\nProxy-Connection: keep-alive\r\n\r\n",
        Encoding.ASCII.GetString(HttpConnectCodec.WriteRequest(new("db", 1), "", null)));

    [Theory]
    [InlineData("HTTP/1.1 200 Connection established\r\nProxy-Agent: gost/2.8.1\r\n\r\n")]
    [InlineData("HTTP/1.1 200\n\n")]
    [InlineData("HTTP/1.1 200 OK\r\nA: b\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\nA: b\r\n\n")]
    public void FindHeadEnd_EveryTruncation_IsIncomplete(string head)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(head);
        for (int count = 0; count < bytes.Length; count++)
        {
            Assert.True(HttpConnectCodec.MayBeResponse(bytes.AsSpan(0, count)));
            Assert.Equal(-1, HttpLines.FindHeadEnd(bytes.AsSpan(0, count), 0));
            Assert.Equal(bytes.Length, HttpLines.FindHeadEnd([.. bytes, .. "\r\n\r\n"u8], scanned: count));
        }

        Assert.True(HttpConnectCodec.TryReadResponse(bytes, out HttpConnectResponse response));
        Assert.Equal(200, response.StatusCode);
    }

    [Theory]
    [InlineData("HTTP/1.0 200 OK", 200)]
    [InlineData("HTTP/1.1 999 ", 999)]
    [InlineData("HTTP/1.1 100", 100)]
    public void TryReadResponse_StatusLine_IsRead(string line, int statusCode)
    {
        Assert.True(HttpConnectCodec.TryReadResponse(Encoding.ASCII.GetBytes(line + "\r\n\r\n"), out HttpConnectResponse response));
        Assert.Equal(new(statusCode, line), response);
    }

    [Theory]
    [InlineData("HTTP/2.0 200 OK")]
    [InlineData("HTTP/1 200 OK")]
    [InlineData("HTTP/1.x 200 OK")]
    [InlineData("HTTP/1.1 20 OK")]
    [InlineData("HTTP/1.1 2000 OK")]
    [InlineData("HTTP/1.1 -20 OK")]
    [InlineData("HTTP/1.1 +20 OK")]
    [InlineData("HTTP/1.1 2 0 OK")]
    [InlineData("HTTP/1.1 20\0 OK")]
    [InlineData("HTTP/1.1 020 OK")]
    [InlineData("HTTP/1.1  200 OK")]
    [InlineData("HTTP/1.1\t200 OK")]
    [InlineData("HTTP/1.1")]
    [InlineData("http/1.1 200 OK")]
    [InlineData("")]
    public void TryReadResponse_NoStatusLine_IsRefused(string line) =>
        Assert.False(HttpConnectCodec.TryReadResponse(Encoding.ASCII.GetBytes(line + "\r\n\r\n"), out _));

    [Fact]
    public void TryReadResponse_StatusLineOfAnySort_IsFitForALog()
    {
        string line = "HTTP/1.1 500 a\u001b[31m\0\tb\u00e9" + new string('x', 500);

        Assert.True(HttpConnectCodec.TryReadResponse(Encoding.Latin1.GetBytes(line + "\r\n\r\n"), out HttpConnectResponse response));
        Assert.Equal("HTTP/1.1 500 a?[31m??b?" + new string('x', 177), response.StatusLine);
    }
}
