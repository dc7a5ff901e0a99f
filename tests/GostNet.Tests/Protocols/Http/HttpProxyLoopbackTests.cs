using System.Net;
using System.Text;
using GostNet.Protocols.Http;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols.Http;

/// <summary>How connections end where there is more to an end than in memory: a socket that is closed with a read in flight sends a reset,
/// and what was on its way is lost.</summary>
public sealed class HttpProxyLoopbackTests
{
    private const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private readonly SocketNetwork _network = new();

    [Fact]
    public async Task Client_WhoseLastRequestIsAnswered_SeesAnOrderlyEnd()
    {
        (IConnection client, IConnection target, Task served) = await AskAsync("Connection: close\r\n");
        await target.Stream.WriteAsync(Encoding.ASCII.GetBytes(Answer)).OrFail();

        Assert.EndsWith("\r\n\r\nok", Encoding.ASCII.GetString(await client.ReadToEndAsync().OrFail()), StringComparison.Ordinal);
        Assert.Empty(await target.ReadToEndAsync().OrFail());
        await served.OrFail();
    }

    [Fact]
    public async Task Target_WhoseClientHangsUp_SeesAnOrderlyEnd()
    {
        (IConnection client, IConnection target, Task served) = await AskAsync("");
        await target.Stream.WriteAsync(Encoding.ASCII.GetBytes(Answer)).OrFail();
        Assert.Equal(Answer, Encoding.ASCII.GetString(await client.ReadAsync(Answer.Length).OrFail()));

        await client.DisposeAsync();

        Assert.Empty(await target.ReadToEndAsync().OrFail());
        await served.OrFail();
    }

    /// <summary>Sends a request, and reads it at the target.</summary>
    private async Task<(IConnection Client, IConnection Target, Task Served)> AskAsync(string fields)
    {
        IListener listener = await _network.ListenAsync(new HostEndPoint("127.0.0.1", 0));
        IListener targetListener = await _network.ListenAsync(new HostEndPoint("127.0.0.1", 0));
        FakeProxyHost host = new() { Dialer = _network.Dialer };
        IConnection client = await _network.Dialer.DialAsync((IPEndPoint)listener.LocalEndPoint).OrFail();
        Task served = host.ServeAsync(new HttpProxyServer(new()), (await listener.AcceptAsync().OrFail())!);
        await client.Stream.WriteAsync(Encoding.ASCII.GetBytes($"GET http://{targetListener.LocalEndPoint}/ HTTP/1.1\r\nHost: a\r\n{fields}\r\n"));
        IConnection target = (await targetListener.AcceptAsync().OrFail())!;
        await target.ReadAsync(
            Encoding.ASCII.GetByteCount($"GET / HTTP/1.1\r\nHost: {targetListener.LocalEndPoint}\r\n{fields}\r\n")).OrFail();
        await listener.DisposeAsync();
        await targetListener.DisposeAsync();
        return (client, target, served);
    }
}
