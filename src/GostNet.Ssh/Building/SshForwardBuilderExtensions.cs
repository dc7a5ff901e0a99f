using GostNet.Ssh.Building;

namespace GostNet;

/// <summary>SSH for <see cref="ForwardBuilder"/>.</summary>
public static class SshForwardBuilderExtensions
{
    /// <summary>Lets node URLs name SSH: <c>-F forward+ssh://</c> goes through any SSH server, <c>-L forward+ssh://</c> serves any SSH client,
    /// and <c>ssh</c> as a transport, alone or as in <c>socks5+ssh://</c>, is GOST's tunnel.</summary>
    /// <remarks>
    /// <para>On a node of a chain, <c>ssh_key</c> and <c>ssh_passphrase</c> are the key to log in with, beside or in place of
    /// <c>user:password@</c>; <c>ssh_agent</c> is the socket of an agent, or <c>0</c> for none. <c>host_key=SHA256:…</c> pins the host key,
    /// <c>known_hosts</c> names a file of them, and <c>strict</c> is <c>yes</c>, <c>accept-new</c> or <c>no</c>; <c>secure</c> is
    /// <c>true</c> or <c>false</c> for the first and the last. Without any of them the URL falls under
    /// <see cref="ForwardBuilder.UseUnverifiedPeers"/>. <c>ping</c> and <c>retry</c> are <see cref="SshClientOptions.KeepAliveInterval"/>
    /// and <see cref="SshClientOptions.KeepAliveMisses"/>.</para>
    /// <para>On a node to serve, <c>user:password@</c>, <c>secrets</c> and <c>ssh_authorized_keys</c> say who may log in, <c>ssh_key</c>, or
    /// GOST's <c>key</c>, is the host key, and <c>gateway_ports</c> (<c>no</c>, <c>clientspecified</c>, <c>yes</c>), <c>permitopen</c>,
    /// <c>permitlisten</c>, <c>whitelist</c> and <c>blacklist</c> say what may be forwarded.</para>
    /// <para>On both, <c>ciphers</c>, <c>kex</c>, <c>macs</c> and <c>host_key_algs</c> are lists with commas, <c>legacy=true</c> takes SHA-1,
    /// <c>rekey</c> is bytes and, behind a comma, seconds, and <c>window</c> is in bytes.</para>
    /// </remarks>
    /// <param name="builder">The builder.</param>
    public static ForwardBuilder UseSsh(this ForwardBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.UseTransport(SshScheme.Create());
    }

    /// <summary>Adds an SSH server to the chain, which forwards ports: what is dialled through it goes by <c>direct-tcpip</c>, and what listens
    /// at it, by <c>tcpip-forward</c> (RFC 4254, section 7).</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="address">Where it is, <c>[user@]host[:port]</c>; the port is 22 if there is none.</param>
    /// <param name="options">How to log in, and whom to trust; the defaults if <see langword="null"/>.</param>
    /// <param name="limits">The limits of the node, and what is below SSH; the defaults if <see langword="null"/>.</param>
    public static ForwardBuilder ViaSsh(
        this ForwardBuilder builder, string address, SshClientOptions? options = null, TunnelOptions? limits = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Via(hop => hop.Ssh(address, options, limits));
    }

    /// <summary>Adds an SSH server to a hop, as for <see cref="ViaSsh"/>.</summary>
    /// <param name="hop">The hop.</param>
    /// <param name="address">Where it is, <c>[user@]host[:port]</c>; the port is 22 if there is none.</param>
    /// <param name="options">How to log in, and whom to trust; the defaults if <see langword="null"/>.</param>
    /// <param name="limits">The limits of the node, and what is below SSH; the defaults if <see langword="null"/>.</param>
    public static HopBuilder Ssh(this HopBuilder hop, string address, SshClientOptions? options = null, TunnelOptions? limits = null)
    {
        ArgumentNullException.ThrowIfNull(hop);
        ArgumentNullException.ThrowIfNull(address);
        options = (options ?? new()).Snapshot();
        limits = (limits ?? new()) with { };
        int at = address.LastIndexOf('@');
        if (at >= 0)
        {
            options.Credential = new(address[..at], options.Credential?.Password ?? "");
        }

        limits.Transport = limits.Transport.SshForwarding(options);
        return hop.Forwarding(SshScheme.WithPort(address[(at + 1)..]), limits);
    }

    /// <summary>Serves any SSH client's port forwarding: <c>ssh -L</c>, <c>-R</c>, <c>-D</c>, <c>-W</c> and <c>-N</c>. There are no
    /// shells.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="listen">Where to listen, as <c>[host]:port</c>.</param>
    /// <param name="options">Who may log in, and what they may forward.</param>
    /// <param name="limits">What else clients may ask for, and the limits of their connections; its <see cref="ProxyServerOptions.Transport"/> is
    /// what is below SSH.</param>
    public static ForwardBuilder ServeSsh(
        this ForwardBuilder builder, string listen, SshServerOptions options, ProxyServerOptions? limits = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(options);
        limits = (limits ?? new()) with { };
        limits.Transport = limits.Transport.SshForwarding(options);
        return builder.ServeForwarding(listen, limits);
    }
}
