using System.Text;
using GostNet.Protocols.Http;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols.Http;

/// <summary>What tests of the HTTP proxy share: a server, clients of it, and targets that are scripted by hand.</summary>
public abstract class HttpProxyTests
{
    internal const string Agent = "Proxy-Agent: GostNet/test\r\n";
    internal const string BadRequest = $"HTTP/1.1 400 Bad Request\r\n{Agent}Content-Length: 0\r\n\r\n";
    internal const string BadGateway = $"HTTP/1.1 502 Bad Gateway\r\n{Agent}Content-Length: 0\r\n\r\n";
    internal const string Connected = $"HTTP/1.1 200 Connection established\r\n{Agent}\r\n";
    internal const string LoginRequired =
        $"HTTP/1.1 407 Proxy Authentication Required\r\n{Agent}Proxy-Authenticate: Basic realm=\"gost\"\r\nContent-Length: 0\r\n\r\n";

    private HttpProxyServer? _server;

    internal FakeProxyHost Host { get; } = new();

    /// <summary>The server's options, for as long as nobody has connected.</summary>
    private protected HttpProxySettings Options { get; set; } = new() { Agent = "GostNet/test" };

    /// <summary>Connects a client.</summary>
    private protected (IConnection Client, Task Served) Connect(int bufferSize = 64 * 1024)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair(bufferSize: bufferSize);
        return (near, Host.ServeAsync(_server ??= new HttpProxyServer(Options), far));
    }

    /// <summary>Sends a request, ends, and reads all that is answered.</summary>
    private protected async Task<(string Answer, Exception? Failure)> AskAsync(string request)
    {
        (IConnection client, Task served) = Connect(bufferSize: 1024 * 1024);
        await SendAsync(client, request);
        await client.CompleteWritesAsync();
        string answer = Encoding.Latin1.GetString(await client.ReadToEndAsync().OrFail());
        await client.DisposeAsync();
        return (answer, await Record.ExceptionAsync(() => served.OrFail()));
    }

    /// <summary>A target that listens.</summary>
    private protected async Task<IListener> ListenAsync(string host, int port = 80) =>
        await Host.Network.ListenAsync(new HostEndPoint(host, port));

    private protected static async Task<IConnection> AcceptAsync(IListener listener) => (await listener.AcceptAsync().OrFail())!;

    private protected static async Task SendAsync(IConnection connection, string text) =>
        await connection.Stream.WriteAsync(Encoding.Latin1.GetBytes(text)).OrFail();

    /// <summary>Ends what a target sends, unless the proxy has seen enough of it and hung up.</summary>
    private protected static async Task EndUnlessAbortedAsync(IConnection target)
    {
        try
        {
            await target.CompleteWritesAsync().OrFail();
        }
        catch (IOException)
        {
            // It has.
        }
    }

    /// <summary>Reads exactly this.</summary>
    private protected static async Task ExpectAsync(IConnection connection, string expected)
    {
        byte[] actual = new byte[Encoding.Latin1.GetByteCount(expected)];
        int count = await connection.Stream.ReadAtLeastAsync(actual, actual.Length, throwOnEndOfStream: false).OrFail();
        Assert.Equal(expected, Encoding.Latin1.GetString(actual, 0, count));
    }

    private protected static async Task ExpectEndAsync(IConnection connection) =>
        Assert.Equal("", Encoding.Latin1.GetString(await connection.ReadToEndAsync().OrFail()));

    private protected static string Basic(string login) => $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(login))}";
}
