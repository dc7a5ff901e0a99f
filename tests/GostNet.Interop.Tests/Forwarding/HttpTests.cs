using System.Security.Cryptography;
using GostNet.Interop.Tests.Peers;
using GostNet.Tests.Shared;

namespace GostNet.Interop.Tests.Forwarding;

/// <summary>Real web servers behind a local TCP forward.</summary>
public sealed class HttpTests : IDisposable
{
    private const string FileName = "file.bin";

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("gostnet-www-");
    private readonly byte[] _file = RandomNumberGenerator.GetBytes(3_000_000);

    public HttpTests()
    {
        // nginx as root reads files as another user.
        if (OperatingSystem.IsLinux())
        {
            File.SetUnixFileMode(_root.FullName, (UnixFileMode)0b111_101_101);
        }

        File.WriteAllBytes(Path.Combine(_root.FullName, FileName), _file);
    }

    public void Dispose() => _root.Delete(recursive: true);

    [PeerFact(Nginx.Program)]
    public async Task LocalTcp_Nginx_ServesTheFile()
    {
        await using PeerProcess nginx = await Nginx.StartAsync(_root.FullName);
        await using Forwarder forwarder = await ForwardToAsync(nginx);
        using HttpClient client = ClientOf(forwarder);

        Assert.Equal(_file, await client.GetByteArrayAsync(FileName).OrFail());
    }

    [PeerFact(Nginx.Program)]
    public async Task LocalTcp_NginxKeepsAlive_OneConnectionCarriesAllRequests()
    {
        await using PeerProcess nginx = await Nginx.StartAsync(_root.FullName);
        await using Forwarder forwarder = await ForwardToAsync(nginx);
        using HttpClient client = ClientOf(forwarder);

        List<string> counts = [];
        for (int i = 0; i < 5; i++)
        {
            counts.Add(await client.GetStringAsync("requests").OrFail());
        }

        Assert.Equal(["1", "2", "3", "4", "5"], counts);
        Assert.Equal(1, forwarder.Forwards[0].TotalConnections);
    }

    [PeerFact(PythonHttpServer.Program)]
    public async Task LocalTcp_PythonEndsTheAnswerWithItsConnection_ServesTheFile()
    {
        await using PeerProcess python = await PythonHttpServer.StartAsync(_root.FullName);
        await using Forwarder forwarder = await ForwardToAsync(python);
        using HttpClient client = ClientOf(forwarder);

        Assert.Equal(_file, await client.GetByteArrayAsync(FileName).OrFail());
    }

    [PeerFact(Nginx.Program, PythonHttpServer.Program)]
    public async Task LocalTcp_TwoTargets_TakeTurns()
    {
        await using PeerProcess nginx = await Nginx.StartAsync(_root.FullName);
        await using PeerProcess python = await PythonHttpServer.StartAsync(_root.FullName);
        await using Forwarder forwarder = await new ForwardBuilder()
            .LocalTcp(LocalForward.AnyPort, [nginx.Address, python.Address])
            .StartAsync();

        List<string> servers = [];
        for (int i = 0; i < 4; i++)
        {
            using HttpClient client = ClientOf(forwarder); // each on a connection of its own
            using HttpResponseMessage response = await client.GetAsync(FileName).OrFail();
            servers.Add(response.Headers.Server.First().Product!.Name);
        }

        Assert.Equal(["nginx", "SimpleHTTP", "nginx", "SimpleHTTP"], servers);
    }

    private static Task<Forwarder> ForwardToAsync(PeerProcess server) =>
        new ForwardBuilder().LocalTcp(LocalForward.AnyPort, server.Address).StartAsync();

    private static HttpClient ClientOf(Forwarder forwarder) => new() { BaseAddress = new($"http://127.0.0.1:{forwarder.Port()}/") };
}
