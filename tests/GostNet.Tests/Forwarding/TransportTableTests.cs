using System.Security.Cryptography;
using GostNet.Building.Nodes;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Forwarding;

/// <summary>Every protocol over every transport, as a server and as a node of a chain, between two of ours.</summary>
public sealed class TransportTableTests
{
    private const int Large = 4 * 1024 * 1024;
    private const int Small = 64 * 1024;
    private static readonly HostEndPoint Target = new("203.0.113.9", 9);
    private static readonly HostEndPoint Front = new("front", 1);

    private const string Http2Proxy = "http2"; // protocol and transport in one
    private static readonly string[] Protocols = ["tunnel", "auto", "http", "socks5", "socks4", "socks4a", "ss", "ss2"];

    public static TheoryData<string, string> Rows()
    {
        var rows = new TheoryData<string, string>();
        rows.Add(Http2Proxy, Http2Proxy);
        foreach (string transport in NodeTransports.BuiltIn.Known.Split(", ").Where(word => word != Http2Proxy))
        {
            foreach (string protocol in Protocols)
            {
                rows.Add(protocol, transport);
            }
        }

        return rows;
    }

    /// <summary>The target answers with the hash of what it was sent once that has ended, and then with the same bytes again.</summary>
    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Bytes_ThroughServerAndChain_ArriveWithBothEnds(string protocol, string transport)
    {
        InMemoryNetwork network = new();
        await using IListener target = await network.ListenAsync(Target);
        Task answering = AnswerAsync(target);
        (string serve, string via) = Urls(protocol, transport);
        await using Forwarder server = Builder(network).Serve(serve).Build();
        await server.StartAsync().OrFail();
        await using Forwarder client = Builder(network).Serve($"tcp://{Front}/{Target}").Via(via).Build();
        await client.StartAsync().OrFail();

        await ExchangeAsync(network, Large).OrFail();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ExchangeAsync(network, Small))).OrFail();

        await client.DisposeAsync().OrFail();
        await server.DisposeAsync().OrFail();
        await target.DisposeAsync();
        await answering.OrFail();
    }

    private static ForwardBuilder Builder(InMemoryNetwork network) =>
        new ForwardBuilder().UseNetwork(network).UseUnverifiedPeers(UnverifiedPeers.Warn);

    private static (string Serve, string Via) Urls(string protocol, string transport)
    {
        if (protocol == "tunnel")
        {
            return ($"{transport}://server:1/{Target}", $"forward+{transport}://server:1");
        }

        string scheme = protocol == transport || protocol == "auto" ? transport : $"{protocol}+{transport}";
        string key = protocol is "ss" or "ss2" ? "aes-128-gcm:secret@" : "";
        string url = $"{(scheme == "tcp" ? "auto" : scheme)}://{key}server:1";
        return (url, url);
    }

    private static async Task ExchangeAsync(InMemoryNetwork network, int size)
    {
        byte[] data = RandomNumberGenerator.GetBytes(size);
        await using IConnection connection = await network.Dialer.DialAsync(Front);
        Task sending = connection.SendAndEndAsync(data);
        byte[] answer = await connection.ReadToEndAsync();
        await sending;
        Assert.Equal([.. SHA256.HashData(data), .. data], answer);
    }

    private static async Task AnswerAsync(IListener target)
    {
        List<Task> serving = [];
        while (await target.AcceptAsync() is { } connection)
        {
            serving.Add(AnswerAsync(connection));
        }

        await Task.WhenAll(serving);
    }

    private static async Task AnswerAsync(IConnection connection)
    {
        await using (connection)
        {
            byte[] data = await connection.ReadToEndAsync();
            await connection.SendAndEndAsync([.. SHA256.HashData(data), .. data]);
        }
    }
}
