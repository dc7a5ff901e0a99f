using GostNet.Protocols.Shadowsocks;

namespace GostNet;

/// <summary>The options of a Shadowsocks server.</summary>
/// <remarks>Who knows the password may use it: neither <see cref="ProxyServerOptions.Authenticator"/> nor
/// <see cref="ProxyServerOptions.AllowAnonymous"/> is set.</remarks>
public sealed record ShadowsocksServerOptions : ProxyServerOptions
{
    /// <summary>The cipher, as for <see cref="ShadowsocksProxyOptions.Method"/>.</summary>
    /// <value><c>chacha20-ietf-poly1305</c> by default.</value>
    public string Method { get; set; } = ShadowsocksMethods.Default;

    /// <summary>The password, which the key is made of.</summary>
    /// <value><see langword="null"/> by default, which is refused, as an empty one is.</value>
    public string? Password { get; set; }

    /// <summary>How long a client of <see cref="ForwardBuilder.ServeShadowsocksUdp"/> may be without a datagram in either direction until its
    /// port to the targets is closed.</summary>
    /// <value>60 seconds by default, as in GOST.</value>
    public TimeSpan FlowTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How many clients <see cref="ForwardBuilder.ServeShadowsocksUdp"/> may have at a time; one more ends the idlest.</summary>
    /// <value>1024 by default. Each holds a port and a buffer of 64 KiB.</value>
    public int MaxFlows { get; set; } = 1024;

    /// <summary>Tells nothing that is secret.</summary>
    public override string ToString() => $"{nameof(ShadowsocksServerOptions)} {{ {Method} }}";
}
