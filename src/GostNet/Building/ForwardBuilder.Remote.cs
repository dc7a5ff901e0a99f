using GostNet.Building;

namespace GostNet;

/// <content>Remote forwards: the far end of the chain listens, and the target is reached from this machine.</content>
public sealed partial class ForwardBuilder
{
    /// <summary>Forwards a TCP port at the far end of the chain to a target that is reached from this machine.</summary>
    /// <remarks>
    /// <para><see cref="Forwarder.StartAsync"/> does not wait for the far end: <see cref="Forward.WaitUntilListeningAsync"/> does. A far
    /// end that cannot be reached, refuses, or is lost is asked again, at first after 1, then 2, 4, and 6 seconds each, less up to half
    /// of that by chance, and almost at once if it had listened for more than 6 seconds. Meanwhile <see cref="Forward.State"/> is
    /// <see cref="ForwardState.BackingOff"/>, and <see cref="Forward.Error"/> says why. Connections that came in before live on.</para>
    /// <para><see cref="Build"/> refuses a chain whose last node cannot listen. With GOST or GostNet as the last node, set
    /// <see cref="Socks5ProxyOptions.MultiplexBind"/>: without it the far port is closed for a moment after each connection.</para>
    /// </remarks>
    /// <example>
    /// <code>
    /// await using Forwarder forwarder = new ForwardBuilder()
    ///     .RemoteTcp(":2222", "127.0.0.1:22")
    ///     .ViaSocks5("gw.example.com:1080", new() { MultiplexBind = true })
    ///     .Build();
    /// await forwarder.StartAsync();
    /// await forwarder.Forwards[0].WaitUntilListeningAsync();
    /// </code>
    /// </example>
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

    /// <summary>Forwards a UDP port at the far end of the chain to a target that is reached from this machine. Each peer has a flow of its
    /// own, with a socket of its own to the target.</summary>
    /// <remarks>The far end is waited for and asked again as for <see cref="RemoteTcp(string, string, RemoteTcpOptions?)"/>; flows end
    /// when it is lost. It has to be GOST or GostNet, which have a UDP tunnel within SOCKS5; a standard server has nothing like
    /// it.</remarks>
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
