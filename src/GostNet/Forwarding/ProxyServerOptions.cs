namespace GostNet;

/// <summary>The options of a proxy server.</summary>
/// <remarks>A server needs <see cref="Authenticator"/>, or says with <see cref="AllowAnonymous"/> that everybody may use it.</remarks>
public record ProxyServerOptions
{
    /// <summary>What logs, metrics and <see cref="Forward.Name"/> call the server.</summary>
    /// <value>By default the protocol and the listening address: <c>socks5://:1080</c>.</value>
    public string? Name { get; set; }

    /// <summary>How bytes travel from clients to the server.</summary>
    /// <value>TCP alone by default.</value>
    public ServerTransport Transport { get; set; } = ServerTransport.Tcp;

    /// <summary>The certificate of TLS within SOCKS5, which GOST's and GostNet's clients ask for. Other protocols have no use for it: what is
    /// under them is <see cref="Transport"/>.</summary>
    /// <value>By default the server makes a certificate for itself, at each start.</value>
    public TlsServerOptions Tls { get; set; } = new();

    /// <summary>Decides who may use the server.</summary>
    /// <value><see langword="null"/> by default.</value>
    public IAuthenticator? Authenticator { get; set; }

    /// <summary>Lets everybody in who can reach the server.</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool AllowAnonymous { get; set; }

    /// <summary>What clients may ask for, and nothing else: items of <c>actions:hosts:ports</c>, separated by blanks.</summary>
    /// <remarks>
    /// <para>Actions are <c>tcp</c> to be connected, <c>udp</c> to exchange datagrams with a target, <c>rtcp</c> to listen for connections,
    /// and <c>rudp</c> to listen for datagrams and to exchange them with whoever is there, as a UDP tunnel does. Hosts and actions may
    /// have <c>*</c> in them, and ports are <c>80</c>, <c>8000-9000</c> or <c>*</c>. Each is a list with commas.</para>
    /// <para>A host is what the client names: a rule for a name says nothing about its addresses, nor the other way round. To keep something
    /// out, allow the rest here rather than forbid it with <see cref="Blacklist"/>. To listen on every interface is to listen at
    /// <c>0.0.0.0</c>. IPv6 addresses cannot be written; only patterns without a colon take them in, such as <c>*</c>.</para>
    /// </remarks>
    /// <value><see langword="null"/> by default: everything. For instance <c>tcp:*.example.com:80,443</c>.</value>
    public string? Whitelist { get; set; }

    /// <summary>What clients may not ask for, even if <see cref="Whitelist"/> has it; in the same form. Its <c>udp</c> holds for the
    /// datagrams of a UDP tunnel, too.</summary>
    /// <value><see langword="null"/> by default: nothing.</value>
    public string? Blacklist { get; set; }

    /// <summary>How many attempts there are to reach what a client asks for. Each chooses chain nodes anew.</summary>
    /// <value>1 by default, as in GOST, which calls it <c>retry</c>.</value>
    public int Attempts { get; set; } = 1;

    /// <summary>How long a target may take to be reached without a chain, names included.</summary>
    /// <value>5 seconds by default, as in GOST. <see cref="Timeout.InfiniteTimeSpan"/>: no limit. With a chain, its nodes' limits
    /// count.</value>
    public TimeSpan DialTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a client may take until it has logged in and said what it wants.</summary>
    /// <value>10 seconds by default.</value>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a relayed connection may be without a byte in either direction.</summary>
    /// <value><see cref="Timeout.InfiniteTimeSpan"/> by default: for ever.</value>
    public TimeSpan IdleTimeout { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>How long a relayed connection that one side has ended may be without a byte from the other side.</summary>
    /// <value>1 hour by default. <see cref="Timeout.InfiniteTimeSpan"/>: for ever.</value>
    public TimeSpan HalfOpenTimeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How many clients there may be at a time. One more is reset at once, and logged. Who connects to a port that a client
    /// listens on does not count.</summary>
    /// <value><see cref="int.MaxValue"/> by default.</value>
    public int MaxConnections { get; set; } = int.MaxValue;
}
