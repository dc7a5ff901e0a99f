using GostNet.Building;

namespace GostNet;

/// <content>Remote forwards: the far end of the chain listens, and the target is reached from this machine.</content>
public sealed partial class ForwardBuilder
{
    /// <summary>Forwards a TCP port at the far end of the chain to a target.</summary>
    /// <remarks><see cref="Forwarder.StartAsync"/> does not wait for the far end: it is asked, and asked again whenever it is lost, after
    /// 1, 2, 4, then 6 seconds each, less up to half of that by chance. <see cref="Forward.State"/> and
    /// <see cref="Forward.WaitUntilListeningAsync"/> tell. <see cref="Build"/> refuses a chain whose last node cannot listen.</remarks>
    /// <param name="listen">Where the far end is to listen, as it sees it: <c>:port</c> is every interface; port 0 lets it choose, and
    /// <see cref="Forward.LocalEndPoint"/> tells.</param>
    /// <param name="target">What to reach from this machine, <c>host:port</c>.</param>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public ForwardBuilder RemoteTcp(string listen, string target, RemoteTcpOptions? options = null) =>
        RemoteTcp(listen, [target], options);

    /// <summary>Forwards a TCP port at the far end of the chain to one of several targets, chosen for each connection.</summary>
    /// <param name="listen">Where the far end is to listen, as <c>[host]:port</c>.</param>
    /// <param name="targets">What to reach, each <c>host:port</c>.</param>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public ForwardBuilder RemoteTcp(string listen, IEnumerable<string> targets, RemoteTcpOptions? options = null) =>
        Add(ForwardKind.RemoteTcp, new EndPointTexts(listen, targets), options ?? new RemoteTcpOptions());

    /// <summary>Forwards a TCP port at the far end of the chain to a target.</summary>
    /// <param name="listen">Where the far end is to listen.</param>
    /// <param name="target">What to reach.</param>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public ForwardBuilder RemoteTcp(HostEndPoint listen, HostEndPoint target, RemoteTcpOptions? options = null) =>
        RemoteTcp(listen, [target], options);

    /// <summary>Forwards a TCP port at the far end of the chain to one of several targets, chosen for each connection.</summary>
    /// <param name="listen">Where the far end is to listen.</param>
    /// <param name="targets">What to reach.</param>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public ForwardBuilder RemoteTcp(HostEndPoint listen, IEnumerable<HostEndPoint> targets, RemoteTcpOptions? options = null) =>
        Add(ForwardKind.RemoteTcp, new EndPointTexts(listen, targets), options ?? new RemoteTcpOptions());

    /// <summary>Forwards a UDP port at the far end of the chain to a target: each peer has a flow of its own, with a socket of its own to the target.</summary>
    /// <remarks>As for <see cref="RemoteTcp(string, string, RemoteTcpOptions?)"/>. With GOST or GostNet as the far end it goes over the
    /// UDP tunnel of SOCKS5; a standard server has nothing like it.</remarks>
    /// <param name="listen">Where the far end is to listen, as <c>[host]:port</c>.</param>
    /// <param name="target">What to reach, <c>host:port</c>.</param>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public ForwardBuilder RemoteUdp(string listen, string target, RemoteUdpOptions? options = null) =>
        RemoteUdp(listen, [target], options);

    /// <summary>Forwards a UDP port at the far end of the chain to one of several targets, chosen for each flow.</summary>
    /// <param name="listen">Where the far end is to listen, as <c>[host]:port</c>.</param>
    /// <param name="targets">What to reach, each <c>host:port</c>.</param>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public ForwardBuilder RemoteUdp(string listen, IEnumerable<string> targets, RemoteUdpOptions? options = null) =>
        Add(ForwardKind.RemoteUdp, new EndPointTexts(listen, targets), options ?? new RemoteUdpOptions());

    /// <summary>Forwards a UDP port at the far end of the chain to a target.</summary>
    /// <param name="listen">Where the far end is to listen.</param>
    /// <param name="target">What to reach.</param>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public ForwardBuilder RemoteUdp(HostEndPoint listen, HostEndPoint target, RemoteUdpOptions? options = null) =>
        RemoteUdp(listen, [target], options);

    /// <summary>Forwards a UDP port at the far end of the chain to one of several targets, chosen for each flow.</summary>
    /// <param name="listen">Where the far end is to listen.</param>
    /// <param name="targets">What to reach.</param>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public ForwardBuilder RemoteUdp(HostEndPoint listen, IEnumerable<HostEndPoint> targets, RemoteUdpOptions? options = null) =>
        Add(ForwardKind.RemoteUdp, new EndPointTexts(listen, targets), options ?? new RemoteUdpOptions());
}
