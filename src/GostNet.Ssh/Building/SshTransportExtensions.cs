using GostNet.Ssh.Building;

namespace GostNet;

/// <summary>SSH as a layer of transports.</summary>
public static class SshTransportExtensions
{
    /// <summary>Many connections over one, as channels of SSH: GOST's <c>ssh</c>, which only GOST's and GostNet's servers understand.
    /// Nothing can be put over it.</summary>
    /// <param name="transport">What is below.</param>
    /// <param name="options">How the client logs in, and whom it trusts.</param>
    public static ClientTransport Ssh(this ClientTransport transport, SshClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(transport);
        options = (options ?? new()).Snapshot();
        return transport.WithSessions(
            "ssh",
            context => SshLayers.CreateClient(options, context, forwards: false),
            TransportTraits.Encrypts,
            Math.Max(1, options.Sessions)); // too few is for Build to say
    }

    /// <summary>The port forwarding of SSH (RFC 4254, section 7), by any SSH server: for <see cref="HopBuilder.Forwarding"/>. Nothing can
    /// be put over it.</summary>
    /// <param name="transport">What is below.</param>
    /// <param name="options">How the client logs in, and whom it trusts.</param>
    public static ClientTransport SshForwarding(this ClientTransport transport, SshClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(transport);
        options = (options ?? new()).Snapshot();
        return transport.WithSessions(
            "ssh",
            context => SshLayers.CreateClient(options, context, forwards: true),
            TransportTraits.Encrypts | TransportTraits.Forwards,
            Math.Max(1, options.Sessions));
    }

    /// <summary>The server's end of <see cref="Ssh(ClientTransport, SshClientOptions?)"/>. A key of <c>authorized_keys</c> that may not
    /// forward everything may not log in: nothing here could hold it to that.</summary>
    /// <param name="transport">What is below. <see cref="SshServerOptions.LoginTimeout"/> takes the place of its
    /// <see cref="ServerTransport.HandshakeTimeout"/>.</param>
    /// <param name="options">Who may log in.</param>
    public static ServerTransport Ssh(this ServerTransport transport, SshServerOptions options) =>
        Serve(transport, options, forwards: false, TransportTraits.None);

    /// <summary>The port forwarding of SSH (RFC 4254, section 7) for any SSH client: for
    /// <see cref="ForwardBuilder.ServeForwarding"/>.</summary>
    /// <param name="transport">What is below. <see cref="SshServerOptions.LoginTimeout"/> takes the place of its
    /// <see cref="ServerTransport.HandshakeTimeout"/>.</param>
    /// <param name="options">Who may log in, and what they may forward.</param>
    public static ServerTransport SshForwarding(this ServerTransport transport, SshServerOptions options) =>
        Serve(transport, options, forwards: true, TransportTraits.Forwards);

    private static ServerTransport Serve(ServerTransport transport, SshServerOptions options, bool forwards, TransportTraits traits)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(options);
        options = options.Snapshot();
        ServerTransport served = transport.WithSessions(
            "ssh",
            context => SshLayers.CreateServer(options, context, forwards),
            TransportTraits.Encrypts | TransportTraits.Authenticates | traits);
        return SshRules.IsTimer(options.LoginTimeout) ? served with { HandshakeTimeout = options.LoginTimeout } : served;
    }
}
