using System.Net;

namespace GostNet.Protocols.Sni;

/// <summary>The options of an SNI proxy server.</summary>
internal sealed record SniSettings
{
    /// <summary>The port of the targets that a ClientHello names.</summary>
    /// <value>443 by default, as in GOST.</value>
    public int TargetPort { get; init; } = 443;

    /// <summary>Whether targets may be on this machine or in its private networks.</summary>
    /// <value><see langword="false"/> by default: whoever can reach the server names them, without a login.</value>
    public bool AllowsPrivateTargets { get; init; }

    /// <summary>Finds the addresses of a target that is dialled from this machine.</summary>
    /// <value><see langword="null"/> by default: targets are dialled by the far end of a chain, which alone knows their
    /// addresses.</value>
    public Func<HostEndPoint, CancellationToken, ValueTask<IPAddress[]>>? Resolve { get; init; }

    /// <summary>How long a client may take until it has named its target.</summary>
    /// <value>10 seconds by default.</value>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
