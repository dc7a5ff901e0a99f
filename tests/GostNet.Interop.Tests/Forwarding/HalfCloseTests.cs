using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using GostNet.Interop.Tests.Peers;
using GostNet.Interop.Tests.Proxies;
using GostNet.Interop.Tests.Targets;
using GostNet.Tests.Shared;

namespace GostNet.Interop.Tests.Forwarding;

/// <summary>A client sends 1 MiB, ends its direction, and reads an answer of 32 MiB.</summary>
public sealed class HalfCloseTests
{
    [Fact]
    public async Task LocalTcp_Direct_CarriesTheAnswerWhole()
    {
        await using AnswerTarget target = new();

        await AssertCarriedAsync(target, new());
    }

    [Theory]
    [ProxyRows(Danted.Program), ProxyRows(OpenSsh.Client), ProxyRows(Apache.Program)]
    public async Task LocalTcp_ProxyCarriesHalfClose_CarriesTheAnswerWhole(ProxyKind kind)
    {
        await using AnswerTarget target = new();
        await using ProxyNode proxy = await ProxyNode.StartAsync(kind);

        await AssertCarriedAsync(target, proxy.AddTo(new()));
    }

    [PeerFact(Danted.Program, Apache.Program)]
    public async Task LocalTcp_TwoProxies_CarryTheAnswerWhole()
    {
        await using AnswerTarget target = new();
        await using PeerProcess danted = await Danted.StartAsync();
        await using PeerProcess apache = await Apache.StartAsync();

        await AssertCarriedAsync(target, new ForwardBuilder().ViaSocks5(danted.Address).ViaHttp(apache.Address));
    }

    /// <remarks>microsocks closes both connections as soon as one of them has ended.</remarks>
    [PeerFact(Microsocks.Program)]
    public async Task LocalTcp_MicrosocksCutsTheAnswer_UploadArrivesAndTheClientSeesTheEnd()
    {
        await using PeerProcess microsocks = await Microsocks.StartAsync();

        await AssertCutAsync(new ForwardBuilder().ViaSocks5(microsocks.Address), microsocks, static async (proxy, port) =>
        {
            await proxy.SendAsync(new byte[] { 5, 1, 0 });
            await ReceiveUntilAsync(proxy, reply => reply.Count == 2);
            await proxy.SendAsync(new byte[] { 5, 1, 0, 1, 127, 0, 0, 1, (byte)(port >> 8), (byte)port });
            await ReceiveUntilAsync(proxy, reply => reply.Count == 10);
        });
    }

    /// <remarks>tinyproxy stops copying as soon as the client has ended its direction.</remarks>
    [PeerFact(Tinyproxy.Program)]
    public async Task LocalTcp_TinyproxyCutsTheAnswer_UploadArrivesAndTheClientSeesTheEnd()
    {
        await using PeerProcess tinyproxy = await Tinyproxy.StartAsync();

        await AssertCutAsync(new ForwardBuilder().ViaHttp(tinyproxy.Address), tinyproxy, static async (proxy, port) =>
        {
            string host = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
            await proxy.SendAsync(Encoding.ASCII.GetBytes($"CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n"));
            await ReceiveUntilAsync(proxy, reply => reply is [.., (byte)'\r', (byte)'\n', (byte)'\r', (byte)'\n']);
        });
    }

    private static async Task AssertCarriedAsync(AnswerTarget target, ForwardBuilder chain)
    {
        (byte[] question, byte[] answer) = await AskThroughForwardAsync(target, chain);

        Assert.Equal(AnswerTarget.Question, question);
        Assert.Equal(AnswerTarget.Answer.Length, answer.Length);
        Assert.Equal(AnswerTarget.Answer, answer);
    }

    /// <summary>The proxy loses the answer of a client that talks to it without a forward; with a forward it is the same.</summary>
    private static async Task AssertCutAsync(ForwardBuilder chain, PeerProcess proxy, Func<Socket, int, Task> connectAsync)
    {
        await using AnswerTarget first = new();
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, proxy.Port);
        await connectAsync(client, first.Port).OrFail();
        byte[] withoutForward = await AnswerTarget.AskAsync(client).OrFail();
        Assert.True(withoutForward.Length < AnswerTarget.Answer.Length, "The proxy carries half-closes now: test it as the others.");

        await using AnswerTarget second = new();
        (byte[] question, byte[] answer) = await AskThroughForwardAsync(second, chain);

        Assert.Equal(AnswerTarget.Question, question);
        Assert.Equal(withoutForward.Length, answer.Length);
    }

    private static async Task<(byte[] Question, byte[] Answer)> AskThroughForwardAsync(AnswerTarget target, ForwardBuilder chain)
    {
        await using Forwarder forwarder = await chain
            .LocalTcp(LocalForward.AnyPort, string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{target.Port}"))
            .StartAsync();
        using Socket client = await forwarder.ConnectAsync();
        byte[] answer = await AnswerTarget.AskAsync(client).OrFail();
        return (await target.Received.OrFail(), answer);
    }

    private static async Task ReceiveUntilAsync(Socket socket, Func<List<byte>, bool> isComplete)
    {
        List<byte> reply = [];
        byte[] next = new byte[1];
        while (!isComplete(reply))
        {
            Assert.Equal(1, await socket.ReceiveAsync(next));
            reply.Add(next[0]);
        }
    }
}
