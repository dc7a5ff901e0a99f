namespace GostNet;

/// <summary>What the options of local and remote TCP forwards have in common.</summary>
public abstract record TcpForwardOptions
{
    private protected TcpForwardOptions()
    {
    }

    /// <summary>What logs, metrics and <see cref="Forward.Name"/> call the forward.</summary>
    /// <value>By default GOST's word for the kind of forward, the listening address, and the targets: <c>tcp://:2222/db:22</c>.</value>
    public string? Name { get; set; }

    /// <summary>How a target is chosen for each connection, and when one is left out.</summary>
    /// <value>In turn, dead for 30 seconds after 1 failure, by default, as in GOST.</value>
    public SelectionOptions Selection { get; set; } = new();

    /// <summary>How many attempts a connection gets to reach a target. Each chooses target and chain nodes anew.</summary>
    /// <value>1 by default, as in GOST, which calls it <c>retry</c>.</value>
    public int Attempts { get; set; } = 1;

    /// <summary>How long a target may take to be reached without a chain, names included.</summary>
    /// <value>5 seconds by default, as in GOST. <see cref="Timeout.InfiniteTimeSpan"/>: no limit. A local forward
    /// with a chain keeps to the limits of its nodes instead.</value>
    public TimeSpan DialTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a connection may be without a byte in either direction.</summary>
    /// <value><see cref="Timeout.InfiniteTimeSpan"/> by default: for ever.</value>
    public TimeSpan IdleTimeout { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>How long a connection that one side has ended may be without a byte from the other side.</summary>
    /// <value>1 hour by default. <see cref="Timeout.InfiniteTimeSpan"/>: for ever.</value>
    public TimeSpan HalfOpenTimeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How many connections there may be at a time. One more is reset at once, and logged.</summary>
    /// <value><see cref="int.MaxValue"/> by default.</value>
    public int MaxConnections { get; set; } = int.MaxValue;
}
