using System.Collections.Immutable;

namespace GostNet.Transports.Http2;

/// <summary>How a session is to behave: its role, its limits, and what its streams are for.</summary>
internal sealed record Http2Profile
{
    /// <summary>How many streams a server takes, and a client opens at most but one: GOST's client leaves one free as well.</summary>
    public const int MaxStreams = 250;

    /// <summary>How large the fields of a head may be (transports, section 10).</summary>
    public const int MaxHeaderListSize = 16 * 1024;

    /// <summary>What a session may be sent in advance, all streams together. What arrives is credited at once, and so a stream that
    /// nobody reads takes nothing from the others, up to <see cref="ReceiveBudget"/>.</summary>
    public const int SessionWindow = 16 * 1024 * 1024;

    /// <summary>Which end.</summary>
    public required Http2Role Role { get; init; }

    /// <summary>What a stream may be sent before it is read.</summary>
    public required int StreamWindow { get; init; }

    /// <summary>How much all streams together may hold unread before the session gets no more credit.</summary>
    public required long ReceiveBudget { get; init; }

    /// <summary>Of a client: what each stream asks for when it is opened. <see langword="null"/>: whoever opens it asks, through
    /// <see cref="IRequestingConnection"/>.</summary>
    public RequestHead? TunnelRequest { get; init; }

    /// <summary>Of a server: whether it answers requests itself, each of them being for a tunnel. If not, whoever accepts a stream
    /// answers, through <see cref="IRequestedConnection"/>.</summary>
    public bool AcceptsTunnels { get; init; }

    /// <summary>Of a server that accepts tunnels: the path they ask for, in place of CONNECT.</summary>
    public string? TunnelPath { get; init; }

    /// <summary>What this end tells the other. GOST 2.8.1's client allows 4 MiB for a stream, its server 1 MiB.</summary>
    public ImmutableArray<(Http2SettingId Id, uint Value)> Settings =>
    [
        Role == Http2Role.Client ? (Http2SettingId.EnablePush, 0u) : (Http2SettingId.MaxConcurrentStreams, MaxStreams),
        (Http2SettingId.InitialWindowSize, (uint)StreamWindow),
        (Http2SettingId.MaxHeaderListSize, MaxHeaderListSize),
    ];

    /// <summary>A client's.</summary>
    public static Http2Profile OfClient(RequestHead? tunnelRequest) => new()
    {
        Role = Http2Role.Client,
        StreamWindow = 4 * 1024 * 1024,
        ReceiveBudget = 256 * 1024 * 1024,
        TunnelRequest = tunnelRequest,
    };

    /// <summary>A server's.</summary>
    public static Http2Profile OfServer(bool acceptsTunnels, string? tunnelPath = null) => new()
    {
        Role = Http2Role.Server,
        StreamWindow = 1024 * 1024,
        ReceiveBudget = 64 * 1024 * 1024,
        AcceptsTunnels = acceptsTunnels,
        TunnelPath = tunnelPath,
    };
}
