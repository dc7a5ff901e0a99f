using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using GostNet.Tests.Shared;

namespace GostNet.Examples.Gost.Tests;

/// <summary>The built program at its work, over loopback.</summary>
public sealed class ForwardingTests
{
    private static readonly byte[] Data = RandomNumberGenerator.GetBytes(300_000);

    [Fact]
    public async Task Run_TcpForward_CarriesBothWaysToTheirEnds()
    {
        await using LoopbackServer echo = await LoopbackServer.StartEchoAsync();
        await using GostProcess gost = GostProcess.Start("-L", $"tcp://127.0.0.1:0/{echo.EndPoint}");
        HostEndPoint[] listens = await gost.WaitForListenersAsync(1);

        Assert.Equal(Data, await LoopbackServer.ExchangeAsync(listens[0], Data));
    }

    [Fact]
    public async Task Run_UdpForward_CarriesBothWays()
    {
        using var target = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await using GostProcess gost = GostProcess.Start("-L", $"udp://127.0.0.1:0/{target.Client.LocalEndPoint}");
        HostEndPoint[] listens = await gost.WaitForListenersAsync(1);

        using var client = new UdpClient(listens[0].Host, listens[0].Port);
        await client.SendAsync(new byte[] { 1, 2, 3 });
        UdpReceiveResult question = await target.ReceiveAsync().OrFail();
        await target.SendAsync(new byte[] { 4, 5 }, question.RemoteEndPoint);

        Assert.Equal([1, 2, 3], question.Buffer);
        Assert.Equal([4, 5], (await client.ReceiveAsync().OrFail()).Buffer);
    }

    [Fact]
    public async Task Run_TwoServeNodesAndTwoChainNodes_PassTheHopsInOrder()
    {
        var firstRequests = new ConcurrentQueue<string>();
        var secondRequests = new ConcurrentQueue<string>();
        await using LoopbackServer echo = await LoopbackServer.StartEchoAsync();
        await using LoopbackServer other = await LoopbackServer.StartAsync(c => c.SendAndEndAsync([9]));
        await using LoopbackServer second = await LoopbackServer.StartHttpProxyAsync(secondRequests);
        await using LoopbackServer first = await LoopbackServer.StartHttpProxyAsync(firstRequests);
        await using GostProcess gost = GostProcess.Start(
            "-L", $"tcp://127.0.0.1:0/{echo.EndPoint}", $"-L=tcp://127.0.0.1:0/{other.EndPoint}",
            "-F", $"http://{first.EndPoint}", "-F", $"http://{second.EndPoint}");
        HostEndPoint[] listens = await gost.WaitForListenersAsync(2);

        Assert.Equal(Data, await LoopbackServer.ExchangeAsync(listens[0], Data));
        Assert.Equal([9], await LoopbackServer.ExchangeAsync(listens[1], []));
        Assert.All(firstRequests, r => Assert.StartsWith($"CONNECT {second.EndPoint} ", r, StringComparison.Ordinal));
        Assert.Collection(
            secondRequests,
            r => Assert.StartsWith($"CONNECT {echo.EndPoint} ", r, StringComparison.Ordinal),
            r => Assert.StartsWith($"CONNECT {other.EndPoint} ", r, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_FileWithRoutes_GivesEachItsOwnChainAndKeepsTheArguments()
    {
        var requests = new ConcurrentQueue<string>();
        await using LoopbackServer echo = await LoopbackServer.StartEchoAsync();
        await using LoopbackServer proxy = await LoopbackServer.StartHttpProxyAsync(requests);
        using var file = new TemporaryFile($$"""
            {
              "ServeNodes": ["tcp://127.0.0.1:0/{{echo.EndPoint}}"],
              "Routes": [
                { "ServeNodes": ["tcp://127.0.0.1:0/{{echo.EndPoint}}"], "ChainNodes": ["http://{{proxy.EndPoint}}"] }
              ]
            }
            """);
        await using GostProcess gost = GostProcess.Start("-L", $"tcp://127.0.0.1:0/{echo.EndPoint}", "-C", file.Path);
        HostEndPoint[] listens = await gost.WaitForListenersAsync(3);

        Assert.Equal([1], await LoopbackServer.ExchangeAsync(listens[0], [1]));
        Assert.Equal([2], await LoopbackServer.ExchangeAsync(listens[1], [2]));
        Assert.Empty(requests);
        Assert.Equal([3], await LoopbackServer.ExchangeAsync(listens[2], [3]));
        Assert.Single(requests);
    }

    [Fact]
    public async Task Run_FileWithRetries_IsTheNumberOfAttempts()
    {
        using var refusing = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        refusing.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // and does not listen
        using var file = new TemporaryFile($$"""
            { "Routes": [ { "Retries": 3, "ServeNodes": ["tcp://127.0.0.1:0/{{refusing.LocalEndPoint}}"] } ] }
            """);
        await using GostProcess gost = GostProcess.Start("-C", file.Path);
        HostEndPoint[] listens = await gost.WaitForListenersAsync(1);

        using var client = new TcpClient();
        await client.ConnectAsync(listens[0].Host, listens[0].Port).OrFail();

        Assert.Contains("after 3 attempts", await gost.WaitForLogAsync("gave up"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ChainOfARouteWithoutServeNodes_IsWarnedOf()
    {
        using var file = new TemporaryFile("""{ "Routes": [ { "ServeNodes": ["tcp://127.0.0.1:0/127.0.0.1:9"] } ] }""");
        await using GostProcess gost = GostProcess.Start("-C", file.Path, "-F", "http://127.0.0.1:9");
        await gost.WaitForListenersAsync(1);

        Assert.Contains("nothing goes through them", gost.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ \"Debug\": true }")]
    [InlineData("{ \"Debug\": false }", "-D")]
    public async Task Run_Debug_LogsConnectionsAndNoPasswords(string json, params string[] args)
    {
        var requests = new ConcurrentQueue<string>();
        await using LoopbackServer echo = await LoopbackServer.StartEchoAsync();
        await using LoopbackServer proxy = await LoopbackServer.StartHttpProxyAsync(requests);
        using var file = new TemporaryFile(json);
        await using GostProcess gost = GostProcess.Start(
            [.. args, "-C", file.Path, "-L", $"tcp://127.0.0.1:0/{echo.EndPoint}", "-F", $"http://user:SECRET@{proxy.EndPoint}"]);
        HostEndPoint[] listens = await gost.WaitForListenersAsync(1);

        await LoopbackServer.ExchangeAsync(listens[0], Data);
        await gost.WaitForLogAsync("Completed");

        Assert.Contains("dXNlcjpTRUNSRVQ=", Assert.Single(requests), StringComparison.Ordinal); // user:SECRET in Base64
        Assert.DoesNotContain("SECRET", gost.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("dXNlcjpTRUNSRVQ", gost.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terminate_NothingGoesOn_Is0()
    {
        await using GostProcess gost = GostProcess.Start("-L", "tcp://127.0.0.1:0/127.0.0.1:9");
        await gost.WaitForListenersAsync(1);

        gost.Terminate();

        Assert.Equal(0, await gost.WaitForExitAsync());
        Assert.Contains("has stopped", gost.Errors, StringComparison.Ordinal);
        Assert.Empty(gost.Output);
    }

    [Fact]
    public async Task Terminate_ConnectionIsOpen_IsServedToItsEnd()
    {
        await using LoopbackServer echo = await LoopbackServer.StartEchoAsync();
        await using GostProcess gost = GostProcess.Start("-L", $"tcp://127.0.0.1:0/{echo.EndPoint}");
        await using IConnection connection = await OpenAsync(gost);

        gost.Terminate();
        await gost.WaitForLogAsync("Stopping");
        await connection.SendAndEndAsync([1, 2, 3]);

        Assert.Equal([1, 2, 3], await connection.ReadToEndAsync().OrFail());
        Assert.Equal(0, await gost.WaitForExitAsync());
    }

    [Fact]
    public async Task Terminate_Twice_EndsAtOnce()
    {
        await using LoopbackServer echo = await LoopbackServer.StartEchoAsync();
        await using GostProcess gost = GostProcess.Start("-L", $"tcp://127.0.0.1:0/{echo.EndPoint}");
        await using IConnection connection = await OpenAsync(gost);

        gost.Terminate();
        await gost.WaitForLogAsync("Stopping");
        gost.Terminate();

        Assert.Equal(128 + 15, await gost.WaitForExitAsync());
    }

    /// <summary>A connection through the forward, with the target at its other end.</summary>
    private static async Task<IConnection> OpenAsync(GostProcess gost)
    {
        HostEndPoint[] listens = await gost.WaitForListenersAsync(1);
        IConnection connection = await new SocketNetwork().Dialer.DialAsync(listens[0]).OrFail();
        await connection.Stream.WriteAsync(new byte[] { 0 });
        await connection.ReadAsync(1).OrFail();
        return connection;
    }
}
