using System.Reflection;

namespace GostNet.Protocols.Http;

/// <summary>The options of an HTTP proxy server.</summary>
internal sealed record HttpProxySettings
{
    /// <summary>What the server calls itself in its own answers.</summary>
    /// <value><c>GostNet/</c> and the version by default. It goes into a header line, and so has only ASCII that can be seen.</value>
    public string Agent { get; init; } = "GostNet/" + typeof(HttpProxySettings).Assembly.GetName().Version?.ToString(3);

    /// <summary>What a client is asked to log in to.</summary>
    /// <value><c>gost</c> by default, as in GOST.</value>
    public string Realm { get; init; } = "gost";

    /// <summary>Whether a request may be one to the target itself, which its Host field or GOST's Gost-Target names: an SNI proxy.</summary>
    /// <remarks>Gost-Target says where to go whatever else the request says, and anybody can write it. So it counts only here.</remarks>
    /// <value><see langword="false"/> by default: such a request is refused, and Gost-Target is taken out and does nothing.</value>
    public bool ServesHosts { get; init; }

    /// <summary>How long a client may take for the head of a request, from its first byte on; for the first head, from the beginning of
    /// the connection.</summary>
    /// <value>10 seconds by default. <see cref="Timeout.InfiniteTimeSpan"/>: no limit, as in GOST.</value>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a client may wait with its next request.</summary>
    /// <value>1 minute by default. <see cref="Timeout.InfiniteTimeSpan"/>: for ever.</value>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long the first bytes of a target are held back from a client that may be GOST, which loses them if they come
    /// together with the answer to CONNECT (socks, section 2). It ends early when the client sends something.</summary>
    /// <value>30 milliseconds by default. <see cref="TimeSpan.Zero"/>: not at all.</value>
    public TimeSpan Grace { get; init; } = TimeSpan.FromMilliseconds(30);

    /// <summary>How long the server waits for a client to hang up after an answer with which it ends the connection. Were it to hang up
    /// first, what the client still sends could destroy the answer on its way.</summary>
    /// <value>2 seconds by default.</value>
    public TimeSpan LingerTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>What somebody without a login is answered in place of 407, so that no proxy is seen.</summary>
    /// <value><see langword="null"/> by default: 407. GOST calls it <c>probe_resist</c>.</value>
    public HttpProbeResist? ProbeResist { get; init; }

    /// <summary>The host that, asked for without a login, is answered with 407 all the same.</summary>
    /// <value><see langword="null"/> by default: none. It has an effect only with <see cref="ProbeResist"/>. GOST calls it
    /// <c>knock</c>.</value>
    public string? Knock { get; init; }

    /// <summary>Reaches what <see cref="ProbeResist"/> names: not through the chain, and whatever the rules are.</summary>
    /// <value>Has to be there for <see cref="HttpProbeKind.Web"/> and <see cref="HttpProbeKind.Host"/>.</value>
    public IDialer? ProbeDialer { get; init; }
}
