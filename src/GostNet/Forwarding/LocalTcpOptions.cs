namespace GostNet;

/// <summary>The options of a local TCP forward.</summary>
public sealed record LocalTcpOptions
{
    /// <summary>What logs, metrics and <see cref="Forward.Name"/> call the forward.</summary>
    /// <value>By default <c>tcp://</c>, the listening address, and the targets.</value>
    public string? Name { get; set; }

    /// <summary>How a target is chosen for each connection, and when one is left out.</summary>
    /// <value>In turn, dead for 30 seconds after 1 failure, by default, as in GOST.</value>
    public SelectionOptions Selection { get; set; } = new();

    /// <summary>How many attempts a connection gets. Each chooses target and chain nodes anew.</summary>
    /// <value>1 by default, as in GOST, which calls it <c>retry</c>.</value>
    public int Attempts { get; set; } = 1;

    /// <summary>How long a target may take to be reached without a chain, names included.</summary>
    /// <value>5 seconds by default, as in GOST. <see cref="Timeout.InfiniteTimeSpan"/>: no limit. With a chain, its nodes' limits
    /// count.</value>
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
