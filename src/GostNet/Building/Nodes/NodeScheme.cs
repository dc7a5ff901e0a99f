namespace GostNet.Building.Nodes;

/// <summary>The two halves of a scheme, aliases resolved.</summary>
/// <param name="Protocol">What is spoken, or "auto" if nothing was said about it.</param>
/// <param name="Transport">What carries it.</param>
/// <param name="IsTransportAlone">Whether only a transport was named, which with targets means a tunnel.</param>
internal sealed record NodeScheme(string Protocol, string Transport, bool IsTransportAlone = false)
{
    /// <summary>Whether the login is the method and password of Shadowsocks.</summary>
    public bool IsShadowsocks => Protocol is "ss" or "ss2" or "ssu";

    /// <summary>Whether the transport itself is told what to reach.</summary>
    public bool IsForwarding => Transport == "ssh" && Protocol is "forward" or "direct" or "remote";

    public override string ToString() =>
        IsTransportAlone || Protocol == Transport ? Transport : Transport == "tcp" ? Protocol : $"{Protocol}+{Transport}";
}
