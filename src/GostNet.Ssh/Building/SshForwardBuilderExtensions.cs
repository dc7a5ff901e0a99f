using GostNet.Ssh.Building;

namespace GostNet;

/// <summary>SSH for <see cref="ForwardBuilder"/>.</summary>
public static class SshForwardBuilderExtensions
{
    /// <summary>Lets node URLs name SSH: <c>-F forward+ssh://</c> goes through any SSH server, <c>-L forward+ssh://</c> serves any SSH
    /// client, and <c>ssh</c> as a transport, alone or as in <c>socks5+ssh://</c>, is GOST's tunnel, at either end.</summary>
    /// <remarks>
    /// <para>On a chain, <c>forward+ssh</c>, or GOST's <c>direct+ssh</c> or <c>remote+ssh</c>, forwards ports, anywhere in the chain, for
    /// <c>tcp</c> and <c>rtcp</c> at once. The far end of a tunnel with a target of its own, <c>-L ssh://:2222/host:port</c>, is
    /// <c>-F tcp+ssh://</c>.</para>
    /// <para>On a node of a chain, <c>user:password@</c>, <c>auth</c> or <c>secrets</c> is the login; without a user it is the one of this
    /// process. <c>ssh_key</c> is a file with a key to log in with, which <c>ssh_passphrase</c> opens; <c>ssh_agent</c> is the socket of an
    /// agent, or <c>0</c> for none, and by default that of <c>SSH_AUTH_SOCK</c> if there is neither a password nor a key.
    /// <c>host_key=SHA256:…</c>, several with commas, is what the server has to show, and nothing else counts then. Else <c>known_hosts</c>
    /// is a file of host keys in place of <c>~/.ssh/known_hosts</c>, and <c>strict</c> says what becomes of a server that is not in it:
    /// <c>yes</c> refuses it, <c>accept-new</c> adds it, <c>no</c> takes it; <c>secure</c> is <c>true</c> or <c>false</c> for the first and
    /// the last. A key that contradicts the file is refused anyway. Without any of these the URL falls under
    /// <see cref="ForwardBuilder.UseUnverifiedPeers"/>, and at best is as with <c>secure=false</c>. <c>ping</c> is
    /// <see cref="SshClientOptions.KeepAliveInterval"/>, <c>retry</c>, as in GOST, one less than
    /// <see cref="SshClientOptions.KeepAliveMisses"/>, <c>sessions</c> is <see cref="SshClientOptions.Sessions"/>, and <c>timeout</c>
    /// limits the dial and, again, the login.</para>
    /// <para>On a node to serve, <c>user:password@</c>, <c>auth</c>, <c>secrets</c> and <c>ssh_authorized_keys</c> say who may log in; a
    /// proxy over SSH does not ask again. <c>ssh_key</c>, or GOST's <c>cert</c> and <c>key</c>, is the host key; without it the server has
    /// one of its own (<see cref="SshServerOptions.GeneratedHostKeyFile"/>). With <c>forward+ssh</c>, <c>gateway_ports</c> (<c>no</c>,
    /// <c>clientspecified</c>, <c>yes</c>) says where clients may listen, and <c>permitopen</c>, <c>permitlisten</c>, <c>whitelist</c> and
    /// <c>blacklist</c>, whose actions are <c>tcp</c> and <c>rtcp</c>, say what they may ask for; <c>timeout</c> limits the dial to a
    /// target. A key that may not forward everything does not open a tunnel.</para>
    /// <para>On both, <c>ciphers</c>, <c>kex</c>, <c>macs</c> and <c>host_key_algs</c> are lists with commas, <c>legacy=true</c> takes
    /// SHA-1, <c>rekey</c> is bytes and, behind a comma, seconds, and <c>window</c> is <see cref="SshClientOptions.MaxWindow"/>. A 0 stands
    /// for the default everywhere.</para>
    /// </remarks>
    /// <param name="builder">The builder.</param>
    public static ForwardBuilder UseSsh(this ForwardBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.UseTransport(SshScheme.Create());
    }

    /// <summary>Adds an SSH server to the chain, which forwards ports: what is dialled through it goes by <c>direct-tcpip</c>, and what
    /// listens at it, by <c>tcpip-forward</c> (RFC 4254, section 7). All of it goes over one SSH connection, which is made when it is first
    /// needed, and closed a minute after its last use.</summary>
    /// <remarks>If the server is not who it should be, dials fail with <see cref="ForwardError.CertificateRejected"/>; if it does not let
    /// this client in, with <see cref="ForwardError.AuthenticationFailed"/>, or <see cref="ForwardError.AuthenticationRequired"/> if the
    /// client had nothing to log in with.</remarks>
    /// <param name="builder">The builder.</param>
    /// <param name="address">Where it is, <c>[user@]host[:port]</c>; the port is 22 if there is none. The user goes before that of
    /// <see cref="SshClientOptions.Credential"/>.</param>
    /// <param name="options">How to log in, and whom to trust; the defaults if <see langword="null"/>.</param>
    /// <param name="limits">The limits of the node, and what is below SSH; the defaults if <see langword="null"/>.</param>
    /// <exception cref="ArgumentException">There is a login in <paramref name="limits"/>, or a password in
    /// <paramref name="address"/>.</exception>
    public static ForwardBuilder ViaSsh(
        this ForwardBuilder builder, string address, SshClientOptions? options = null, TunnelOptions? limits = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Via(hop => hop.Ssh(address, options, limits));
    }

    /// <summary>Adds an SSH server to a hop, as for <see cref="ViaSsh"/>.</summary>
    /// <param name="hop">The hop.</param>
    /// <param name="address">Where it is, as for <see cref="ViaSsh"/>.</param>
    /// <param name="options">How to log in, and whom to trust; the defaults if <see langword="null"/>.</param>
    /// <param name="limits">The limits of the node, and what is below SSH; the defaults if <see langword="null"/>.</param>
    /// <exception cref="ArgumentException">There is a login in <paramref name="limits"/>, or a password in
    /// <paramref name="address"/>.</exception>
    public static HopBuilder Ssh(this HopBuilder hop, string address, SshClientOptions? options = null, TunnelOptions? limits = null)
    {
        ArgumentNullException.ThrowIfNull(hop);
        ArgumentNullException.ThrowIfNull(address);
        options = (options ?? new()).Snapshot();
        limits = (limits ?? new()) with { };
        if (limits.Credential is not null)
        {
            throw new ArgumentException($"The login of an SSH server is {nameof(SshClientOptions)}.{nameof(options.Credential)}.", nameof(limits));
        }

        int at = address.LastIndexOf('@');
        if (at >= 0)
        {
            string user = address[..at];
            options.Credential = user.Length > 0 && !user.Contains(':')
                ? new(user, options.Credential?.Password ?? "")
                : throw new ArgumentException( // which does not tell what may be a password
                    $"Before the '@' there has to be a user alone; a password is for {nameof(options.Credential)}.", nameof(address));
        }

        limits.Transport = limits.Transport.SshForwarding(options);
        return hop.Forwarding(SshScheme.WithPort(address[(at + 1)..]), limits);
    }

    /// <summary>Serves any SSH client's port forwarding: <c>ssh -N</c> with <c>-L</c>, <c>-R</c> and <c>-D</c>, and <c>-W</c>. There are no
    /// shells.</summary>
    /// <remarks>What clients ask for is reached through the chain, which may be this machine alone; and their ports are at the far end of
    /// the chain, too.</remarks>
    /// <param name="builder">The builder.</param>
    /// <param name="listen">Where to listen, as <c>[host]:port</c>.</param>
    /// <param name="options">Who may log in, and what they may forward.</param>
    /// <param name="limits">What all clients may ask for, and the limits of their connections; its
    /// <see cref="ProxyServerOptions.Transport"/> is what is below SSH. Who may log in is not for it to say.</param>
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
