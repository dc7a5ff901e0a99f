using System.Collections.Immutable;

namespace GostNet;

/// <summary>Who may log in to an SSH server of this library, what they may forward, and what the server agrees on.</summary>
/// <remarks>It has to have <see cref="Authenticator"/> or <see cref="AuthorizedKeysFile"/>, or to say
/// <see cref="AllowAnonymous"/>.</remarks>
public sealed record SshServerOptions
{
    /// <summary>Files with host keys, one of a kind, in a format that <see cref="SshClientOptions.KeyFiles"/> may have, and not encrypted.
    /// They are read by <see cref="ForwardBuilder.Build"/>, which logs their fingerprints.</summary>
    /// <value>None by default: then it is <see cref="GeneratedHostKeyFile"/>.</value>
    public ImmutableArray<string> HostKeyFiles { get; set; } = [];

    /// <summary>The file of the Ed25519 key that <see cref="ForwardBuilder.Build"/> makes for the server if it is not there, and reads from
    /// then on, if there are no <see cref="HostKeyFiles"/>. Several servers may have the same.</summary>
    /// <value>By default <c>ssh_host_ed25519_key</c> in the folder <c>gostnet</c> of the user's local application data.</value>
    public string GeneratedHostKeyFile { get; set; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "gostnet",
        "ssh_host_ed25519_key");

    /// <summary>Decides by user and password, which <c>keyboard-interactive</c> asks for, too.</summary>
    /// <value><see langword="null"/> by default: no passwords.</value>
    public IAuthenticator? Authenticator { get; set; }

    /// <summary>The keys that may log in, under any name, in the format of OpenSSH's <c>authorized_keys</c> with its options
    /// (<c>permitopen</c>, <c>permitlisten</c>, <c>from</c>, <c>expiry-time</c>, <c>restrict</c> …). Read by
    /// <see cref="ForwardBuilder.Build"/>, and anew when it changes.</summary>
    /// <value><see langword="null"/> by default: no keys.</value>
    public string? AuthorizedKeysFile { get; set; }

    /// <summary>Lets everybody in who can reach the server, under any name and with any password.</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool AllowAnonymous { get; set; }

    /// <summary>Where clients may listen.</summary>
    /// <value><see cref="GatewayPorts.No"/> by default: on this machine alone, whatever they ask for. GOST lets them listen anywhere, which
    /// is <see cref="GatewayPorts.ClientSpecified"/>.</value>
    public GatewayPorts GatewayPorts { get; set; } = GatewayPorts.No;

    /// <summary>What clients may connect to: <c>host:port</c>, with <c>*</c> for any; several with commas or blanks; or
    /// <c>none</c>.</summary>
    /// <remarks>The host is compared as the client writes it: a rule for a name says nothing about its addresses. What a key may do is
    /// limited by its options in <see cref="AuthorizedKeysFile"/>, too, and for all by <see cref="ProxyServerOptions.Whitelist"/> and
    /// <see cref="ProxyServerOptions.Blacklist"/>.</remarks>
    /// <value><see langword="null"/> by default: everything, this machine included.</value>
    public string? PermitOpen { get; set; }

    /// <summary>Where clients may listen: <c>port</c> or <c>host:port</c>, the host as the client writes it, with <c>*</c> for any; several
    /// with commas or blanks; or <c>none</c>.</summary>
    /// <value><see langword="null"/> by default: everywhere that <see cref="GatewayPorts"/> lets them.</value>
    public string? PermitListen { get; set; }

    /// <summary>How long a client may take from its connection to its login.</summary>
    /// <value>30 seconds by default.</value>
    public TimeSpan LoginTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many attempts to log in a client has. A key that may not log in is one.</summary>
    /// <value>6 by default, as in OpenSSH.</value>
    public int MaxLoginAttempts { get; set; } = 6;

    /// <summary>How many SSH connections may be logged in. One more is told so, and closed.</summary>
    /// <remarks>Those that are not logged in have limits of their own: 5 from one address, and of more than 10 in all some are closed at
    /// once, of more than 100 all. An address whose logins failed 5 times has to wait for a minute, and after each further one for twice as
    /// long, up to 10 minutes. This machine's own addresses have no such limit.</remarks>
    /// <value>1000 by default.</value>
    public int MaxClients { get; set; } = 1000;

    /// <summary>How many channels a connection may have.</summary>
    /// <value>1024 by default.</value>
    public int MaxChannels { get; set; } = 1024;

    /// <inheritdoc cref="SshClientOptions.Algorithms"/>
    public SshAlgorithmOptions Algorithms { get; set; } = new();

    /// <inheritdoc cref="SshClientOptions.KeepAliveInterval"/>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc cref="SshClientOptions.KeepAliveMisses"/>
    public int KeepAliveMisses { get; set; } = 3;

    /// <inheritdoc cref="SshClientOptions.MaxWindow"/>
    public int MaxWindow { get; set; } = 16 * 1024 * 1024;
}
