namespace GostNet.Interop.Tests.Servers;

/// <summary>What a proxy server of ours speaks.</summary>
public enum ServedProtocol
{
    Socks5,
    Socks4,
    Http,
    Auto,
}
