using GostNet.Diagnostics;
using GostNet.Interop.Tests.Peers;
using GostNet.Tests.Shared;

namespace GostNet.Interop.Tests.Servers;

/// <summary>curl logs in to servers whose users come from a file that changes.</summary>
public sealed class SecretsTests
{
    [PeerTheory(Curl.Program, Nginx.Program)]
    [InlineData("socks5", CurlProxy.Socks5Hostname)]
    [InlineData("http", CurlProxy.Http)]
    [InlineData("auto", CurlProxy.HttpConnect)]
    public async Task Serve_FileHasChanged_CountsAfterItsReloadPeriod(string scheme, CurlProxy proxy)
    {
        const string User = "bob:secret";
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "reload 10s\nalice password\n");
        ManualTimeProvider time = new();
        using RecordingLoggerFactory log = new();
        await using PeerProcess nginx = await Nginx.StartAsync();
        await using Forwarder forwarder = await new ForwardBuilder()
            .UseTimeProvider(time)
            .UseLoggerFactory(log)
            .Serve($"{scheme}://{LocalForward.AnyPort}?secrets={Uri.EscapeDataString(file)}")
            .StartAsync();
        string[] arguments = [.. Curl.Through(proxy, forwarder.Port()), $"http://{nginx.Address}/requests", "--proxy-user"];

        Assert.Equal(0, await RunAsync("alice:password"));
        Assert.Equal(Curl.RefusedBy(proxy), await RunAsync(User));
        await File.WriteAllTextAsync(file, $"reload 10s\n{User.Replace(':', ' ')}\n");
        Assert.Equal(Curl.RefusedBy(proxy), await RunAsync(User));
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(0, await RunAsync(User));
        Assert.Equal(Curl.RefusedBy(proxy), await RunAsync("alice:password"));
        Assert.Single(log.WithId(LogEventIds.UsersReloaded));
        File.Delete(file);

        async Task<int> RunAsync(string login) => (await Curl.RunAsync([.. arguments, login])).ExitCode;
    }
}
