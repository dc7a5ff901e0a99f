using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Forwarding;

/// <summary>A server of ours at <see cref="Gate"/> in an in-memory network, and what is reached through it by our client.</summary>
internal sealed class SshScene : IAsyncDisposable
{
    public static readonly HostEndPoint Gate = new("gate", 22);

    /// <summary>How a client of the tests trusts and logs in.</summary>
    private static readonly SshClientOptions Trusting = new()
    {
        Credential = new("user", "password"),
        AgentSocket = "",
        HostKeyCheck = HostKeyCheck.None,
        KnownHostsFiles = [],
    };

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gostnet-ssh-");
    private Forwarder? _server;

    public InMemoryNetwork Network { get; } = new();

    /// <summary>Hears what both ends log.</summary>
    public RecordingLoggerFactory Log { get; } = new();

    /// <summary>What is reached through the server.</summary>
    public INetwork Far { get; private set; } = null!;

    /// <summary>How often the server was connected to.</summary>
    public int Sessions => Network.Dials.Count(dialled => dialled == Gate);

    /// <summary>Starts a server that forwards ports.</summary>
    public static async Task<SshScene> StartAsync(SshServerOptions? options = null, ProxyServerOptions? limits = null)
    {
        SshScene scene = new();
        await scene.ServeAsync(options, limits);
        scene.Far = scene.NewClient().ViaSsh("gate:22", Trusting).BuildNetwork();
        return scene;
    }

    /// <summary>Starts whatever is served.</summary>
    /// <param name="serve">What to serve; <c>{key}</c> stands for a file for the host key.</param>
    /// <param name="via">How to get there.</param>
    public static async Task<SshScene> StartAsync(string serve, string via)
    {
        SshScene scene = new();
        string key = Path.Combine(scene._directory.FullName, "host");
        await using (await scene.NewClient().ServeSsh("keymaker:1", scene.Complete(new())).BuildAndStartAsync())
        {
            File.Copy(Path.Combine(scene._directory.FullName, "generated"), key);
        }

        scene._server = await scene.NewClient().UseSsh().Serve(serve.Replace("{key}", key, StringComparison.Ordinal)).BuildAndStartAsync();
        scene.Far = scene.NewClient().UseSsh().Via(via).BuildNetwork();
        return scene;
    }

    /// <summary>Starts the server anew.</summary>
    public async Task ServeAsync(SshServerOptions? options = null, ProxyServerOptions? limits = null) =>
        _server = await NewClient().ServeSsh("gate:22", Complete(options ?? new()), limits).BuildAndStartAsync();

    /// <summary>A builder of something else on the same network.</summary>
    public ForwardBuilder NewClient() => new ForwardBuilder()
        .UseNetwork(Network).UseLoggerFactory(Log).UseUnverifiedPeers(UnverifiedPeers.Warn);

    /// <summary>A builder whose chain leads through the server.</summary>
    public ForwardBuilder NewChain() => NewClient().ViaSsh("gate:22", Trusting);

    public Task<IConnection> DialAsync(string host, int port) => Far.Dialer.DialAsync(new(host, port)).OrFail();

    /// <summary>Connects to a port of the server's.</summary>
    public Task<IConnection> ConnectAsync(IListener listener) => Network.Dialer.DialAsync(new("127.0.0.1", PortOf(listener))).OrFail();

    public static int PortOf(IListener listener) => listener.LocalEndPoint switch
    {
        System.Net.IPEndPoint address => address.Port,
        HostEndPoint name => name.Port,
        _ => -1,
    };

    public async Task StopAsync()
    {
        await _server!.DisposeAsync().OrFail();
        _server = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await StopAsync();
        }

        _directory.Delete(recursive: true);
    }

    private SshServerOptions Complete(SshServerOptions options) => options with
    {
        AllowAnonymous = true,
        GeneratedHostKeyFile = Path.Combine(_directory.FullName, "generated"),
    };
}
