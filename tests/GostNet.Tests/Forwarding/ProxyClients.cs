using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Forwarding;

/// <summary>Proxy servers in a scene, and who uses them: clients with a clock of their own, which stands still.</summary>
internal static class ProxyClients
{
    /// <summary>A server that lets everybody in.</summary>
    public static HttpProxyServerOptions Open => new() { AllowAnonymous = true };

    /// <summary>Adds a server of some protocol at <c>front:1</c>.</summary>
    public static void Serve(this ForwardScene scene, string protocol, HttpProxyServerOptions? options = null) =>
        scene.Builder.Serve(protocol, $"{ForwardScene.Front}", options ?? Open);

    /// <summary>Adds a server of some protocol.</summary>
    public static ForwardBuilder Serve(this ForwardBuilder builder, string protocol, string listen, HttpProxyServerOptions options) =>
        protocol switch
        {
            "socks4" => builder.ServeSocks4(listen, options),
            "socks5" => builder.ServeSocks5(listen, options),
            "http" => builder.ServeHttp(listen, options),
            _ => builder.ServeAuto(listen, options),
        };

    /// <summary>Starts a server of some protocol at <c>front:1</c>.</summary>
    public static async Task StartProxyAsync(this ForwardScene scene, string protocol, HttpProxyServerOptions? options = null)
    {
        scene.Serve(protocol, options);
        await scene.Forwarder.StartAsync().OrFail();
    }

    /// <summary>Somebody who goes through the server.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="scheme">What is spoken, and the query of the node's URL: <c>socks5</c>, <c>socks5?mbind=true</c>.</param>
    /// <param name="login"><c>user:password@</c>.</param>
    public static ForwardBuilder Client(this ForwardScene scene, string scheme, string login = "")
    {
        string[] parts = scheme.Split('?');
        return new ForwardBuilder()
            .UseNetwork(scene.Network)
            .UseTimeProvider(new ManualTimeProvider())
            .Via($"{parts[0]}://{login}{ForwardScene.Front}{(parts.Length > 1 ? $"?{parts[1]}" : "")}");
    }

    /// <summary>Asks the server for a target.</summary>
    public static Task<IConnection> DialAsync(this ForwardScene scene, string scheme, HostEndPoint target, string login = "") =>
        scene.Client(scheme, login).BuildDialer().DialAsync(target).OrFail();

    /// <summary>Sends something to the end, and answers it.</summary>
    public static async Task ExchangeAsync(IConnection client, IConnection server)
    {
        await client.SendAndEndAsync("question"u8.ToArray()).OrFail();
        Assert.Equal("question"u8.ToArray(), await server.ReadToEndAsync().OrFail());
        await server.SendAndEndAsync("the answer"u8.ToArray()).OrFail();
        Assert.Equal("the answer"u8.ToArray(), await client.ReadToEndAsync().OrFail());
    }
}
