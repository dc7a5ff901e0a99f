using GostNet.Building;

namespace GostNet;

/// <content>Local forwards: this machine listens, and the target is reached through the chain.</content>
public sealed partial class ForwardBuilder
{
    /// <summary>Forwards a local TCP port to a target.</summary>
    /// <param name="listen">Where to listen: <c>:port</c> is every interface, IPv4 and IPv6; port 0 lets the system choose, and
    /// <see cref="Forward.LocalEndPoint"/> tells.</param>
    /// <param name="target">What to reach, <c>host:port</c>. The chain's last node resolves a name, or this machine without a chain.</param>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public ForwardBuilder LocalTcp(string listen, string target, LocalTcpOptions? options = null) =>
        LocalTcp(listen, [target], options);

    /// <summary>Forwards a local TCP port to one of several targets, chosen for each connection.</summary>
    /// <param name="listen">Where to listen, as <c>[host]:port</c>.</param>
    /// <param name="targets">What to reach, each <c>host:port</c>.</param>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public ForwardBuilder LocalTcp(string listen, IEnumerable<string> targets, LocalTcpOptions? options = null) =>
        Add(ForwardKind.LocalTcp, new EndPointTexts(listen, targets), options ?? new LocalTcpOptions());

    /// <summary>Forwards a local TCP port to a target.</summary>
    /// <param name="listen">Where to listen.</param>
    /// <param name="target">What to reach.</param>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public ForwardBuilder LocalTcp(HostEndPoint listen, HostEndPoint target, LocalTcpOptions? options = null) =>
        LocalTcp(listen, [target], options);

    /// <summary>Forwards a local TCP port to one of several targets, chosen for each connection.</summary>
    /// <param name="listen">Where to listen.</param>
    /// <param name="targets">What to reach.</param>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public ForwardBuilder LocalTcp(HostEndPoint listen, IEnumerable<HostEndPoint> targets, LocalTcpOptions? options = null) =>
        Add(ForwardKind.LocalTcp, new EndPointTexts(listen, targets), options ?? new LocalTcpOptions());

    /// <summary>Forwards a local UDP port to a target: each client has a flow of its own, with a socket of its own to the target.</summary>
    /// <remarks>A chain carries UDP if its last node does: a SOCKS5 proxy. <see cref="Build"/> refuses other chains; put the forward
    /// into a <see cref="Route"/> of its own.</remarks>
    /// <param name="listen">Where to listen, as <c>[host]:port</c>.</param>
    /// <param name="target">What to reach, <c>host:port</c>.</param>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public ForwardBuilder LocalUdp(string listen, string target, LocalUdpOptions? options = null) =>
        LocalUdp(listen, [target], options);

    /// <summary>Forwards a local UDP port to one of several targets, chosen for each flow.</summary>
    /// <param name="listen">Where to listen, as <c>[host]:port</c>.</param>
    /// <param name="targets">What to reach, each <c>host:port</c>.</param>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public ForwardBuilder LocalUdp(string listen, IEnumerable<string> targets, LocalUdpOptions? options = null) =>
        Add(ForwardKind.LocalUdp, new EndPointTexts(listen, targets), options ?? new LocalUdpOptions());

    /// <summary>Forwards a local UDP port to a target.</summary>
    /// <param name="listen">Where to listen.</param>
    /// <param name="target">What to reach.</param>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public ForwardBuilder LocalUdp(HostEndPoint listen, HostEndPoint target, LocalUdpOptions? options = null) =>
        LocalUdp(listen, [target], options);

    /// <summary>Forwards a local UDP port to one of several targets, chosen for each flow.</summary>
    /// <param name="listen">Where to listen.</param>
    /// <param name="targets">What to reach.</param>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public ForwardBuilder LocalUdp(HostEndPoint listen, IEnumerable<HostEndPoint> targets, LocalUdpOptions? options = null) =>
        Add(ForwardKind.LocalUdp, new EndPointTexts(listen, targets), options ?? new LocalUdpOptions());
}
