namespace GostNet;

/// <summary>The options of many connections over one.</summary>
public sealed record MultiplexOptions
{
    /// <summary>How many sessions, each over a connection of its own, share the connections to a node. With more than one, a connection that
    /// is not read holds up only those that share its session, and losses on the way hold up a part of the traffic.</summary>
    /// <value>1 by default, as in GOST. A server takes as many as clients open.</value>
    public int Sessions { get; set; } = 1;

    /// <summary>How many bytes a frame carries at most.</summary>
    /// <value>16,376 by default, which fills a record of TLS together with the frame's header. GOST 2.8.1 sends up to 4096, and takes any. At
    /// most 32,768.</value>
    public int MaxFrameSize { get; set; } = 16 * 1024 - 8;
}
