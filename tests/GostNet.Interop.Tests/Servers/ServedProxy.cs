namespace GostNet.Interop.Tests.Servers;

/// <summary>What the tests do with a proxy server of ours time and again.</summary>
internal static class ServedProxy
{
    public const string UserName = "gost";
    public const string Password = "right-password";

    /// <summary>Serves a protocol at a port that the system chooses.</summary>
    public static ForwardBuilder Serve(this ForwardBuilder builder, ServedProtocol protocol, HttpProxyServerOptions options) => protocol switch
    {
        ServedProtocol.Socks5 => builder.ServeSocks5(LocalForward.AnyPort, options),
        ServedProtocol.Socks4 => builder.ServeSocks4(LocalForward.AnyPort, options),
        ServedProtocol.Http => builder.ServeHttp(LocalForward.AnyPort, options),
        ServedProtocol.Auto => builder.ServeAuto(LocalForward.AnyPort, options),
        _ => throw new ArgumentOutOfRangeException(nameof(protocol)),
    };

    /// <summary>Starts a server that everybody may use.</summary>
    public static Task<Forwarder> StartOpenAsync(ServedProtocol protocol) =>
        new ForwardBuilder().Serve(protocol, new() { AllowAnonymous = true }).StartAsync();

    /// <summary>Starts a server that wants a login, as a URL says it.</summary>
    public static Task<Forwarder> StartWithLoginAsync(ServedProtocol protocol) => new ForwardBuilder()
        .Serve($"{SchemeOf(protocol)}{UserName}:{Password}@{LocalForward.AnyPort}")
        .StartAsync();

    private static string SchemeOf(ServedProtocol protocol) => protocol switch
    {
        ServedProtocol.Socks5 => "socks5://",
        ServedProtocol.Http => "http://",
        ServedProtocol.Auto => "",
        _ => throw new ArgumentOutOfRangeException(nameof(protocol)),
    };
}
