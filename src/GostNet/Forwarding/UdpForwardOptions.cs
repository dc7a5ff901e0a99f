namespace GostNet;

/// <summary>What the options of local and remote UDP forwards have in common.</summary>
public abstract record UdpForwardOptions
{
    private protected UdpForwardOptions()
    {
    }

    /// <summary>What logs, metrics and <see cref="Forward.Name"/> call the forward.</summary>
    /// <value>By default GOST's word for the kind of forward, the listening address, and the targets: <c>udp://:53/dns:53</c>.</value>
    public string? Name { get; set; }

    /// <summary>How a target is chosen for each flow, and when one is left out.</summary>
    /// <value>In turn, dead for 30 seconds after 1 failure, by default, as in GOST. A target that refuses datagrams has failed.</value>
    public SelectionOptions Selection { get; set; } = new();

    /// <summary>How many attempts a new flow gets to open a target. Each chooses anew.</summary>
    /// <value>1 by default, as in GOST.</value>
    public int Attempts { get; set; } = 1;

    /// <summary>How long the target's name may take to be resolved and the socket to be opened, without a chain.</summary>
    /// <value>5 seconds by default, as in GOST. <see cref="Timeout.InfiniteTimeSpan"/>: no limit. A local forward with a chain keeps to
    /// the limits of its nodes instead.</value>
    public TimeSpan DialTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a flow lives without a datagram in either direction.</summary>
    /// <value>60 seconds by default, as in GOST, which calls it <c>ttl</c>.</value>
    public TimeSpan FlowTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How many flows there may be at a time. One more ends the one that has been idle the longest.</summary>
    /// <value>8192 by default. Each takes a socket, or with a chain a connection.</value>
    public int MaxFlows { get; set; } = 8192;

    /// <summary>How many flows may be waiting for their target to be opened. Datagrams that would begin one more are dropped.</summary>
    /// <value>128 by default, as in GOST.</value>
    public int Backlog { get; set; } = 128;

    /// <summary>How many datagrams of one flow may wait to be sent. One more is dropped.</summary>
    /// <value>128 by default, as in GOST, which calls it <c>queue</c>.</value>
    public int QueueLength { get; set; } = 128;
}
