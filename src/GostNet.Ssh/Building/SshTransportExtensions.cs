using GostNet.Ssh.Building;

namespace GostNet;

/// <summary>SSH as a layer of transports.</summary>
public static class SshTransportExtensions
{
    /// <summary>Many connections over one, as channels of SSH: GOST's <c>ssh</c>, which only GOST's and GostNet's servers understand. Nothing can
    /// be put over it.</summary>
    /// <param name="transport">What is below.</param>
    /// <param name="options">How the client logs in, and whom it trusts.</param>
    public static ClientTransport Ssh(this ClientTransport transport, SshClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(transport);
        options = (options ?? new()).Snapshot();
        return transport.WithSessions(
            "ssh", context => SshLayers.CreateClient(options, context, forwards: false), TransportTraits.Encrypts, options.Sessions);
    }

    /// <summary>The port forwarding of SSH (RFC 4254, section 7), by any SSH server: for <see cref="HopBuilder.Forwarding"/>. Nothing can be put
    /// over it.</summary>
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
            options.Sessions);
    }

    /// <summary>The server's end of <see cref="Ssh(ClientTransport, SshClientOptions?)"/>.</summary>
    /// <param name="transport">What is below.</param>
    /// <param name="options">Who may log in.</param>
    public static ServerTransport Ssh(this ServerTransport transport, SshServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(options);
        options = options.Snapshot();
        return transport.WithSessions(
            "ssh",
            context => SshLayers.CreateServer(options, context, forwards: false),
            TransportTraits.Encrypts | TransportTraits.Authenticates) with { HandshakeTimeout = options.LoginTimeout };
    }

    /// <summary>The port forwarding of SSH (RFC 4254, section 7) for any SSH client: for <see cref="ForwardBuilder.ServeForwarding"/>.</summary>
    /// <param name="transport">What is below.</param>
    /// <param name="options">Who may log in, and what they may forward.</param>
    public static ServerTransport SshForwarding(this ServerTransport transport, SshServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(options);
        options = options.Snapshot();
        return transport.WithSessions(
            "ssh",
            context => SshLayers.CreateServer(options, context, forwards: true),
            TransportTraits.Encrypts | TransportTraits.Authenticates | TransportTraits.Forwards) with { HandshakeTimeout = options.LoginTimeout };
    }
}
