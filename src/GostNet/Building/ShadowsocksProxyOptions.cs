using GostNet.Protocols.Shadowsocks;

namespace GostNet;

/// <summary>The options of a Shadowsocks server that a chain goes through.</summary>
/// <remarks><see cref="ProxyOptions.Credential"/> is not used: the password is the login.</remarks>
public sealed record ShadowsocksProxyOptions : ProxyOptions
{
    /// <summary>The cipher, by its name in any case: <c>chacha20-ietf-poly1305</c>, <c>aes-128-gcm</c>, <c>aes-192-gcm</c>,
    /// <c>aes-256-gcm</c>, or one of the stream ciphers that GOST 2 knows, such as <c>chacha20</c> or <c>aes-256-cfb</c>. With those nobody
    /// notices when bytes are changed on their way.</summary>
    /// <value><c>chacha20-ietf-poly1305</c> by default.</value>
    public string Method { get; set; } = ShadowsocksMethods.Default;

    /// <summary>The password, which the key is made of.</summary>
    /// <value><see langword="null"/> by default, which is refused, as an empty one is.</value>
    public string? Password { get; set; }

    /// <summary>Tells nothing that is secret.</summary>
    public override string ToString() => $"{nameof(ShadowsocksProxyOptions)} {{ {Method} }}";
}
