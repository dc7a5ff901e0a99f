using GostNet.Protocols.Shadowsocks;

namespace GostNet.Building;

/// <summary>What the values of options must keep to.</summary>
internal static class OptionsRules
{
    public static void Check(this TcpForwardOptions options, string forward, BuildProblems problems)
    {
        options.Selection.Check(forward, problems);
        AtLeastOne(options.Attempts, nameof(options.Attempts), forward, problems);
        AtLeastOne(options.MaxConnections, nameof(options.MaxConnections), forward, problems);
        PositiveOrInfinite(options.DialTimeout, nameof(options.DialTimeout), forward, problems);
        PositiveOrInfinite(options.IdleTimeout, nameof(options.IdleTimeout), forward, problems);
        PositiveOrInfinite(options.HalfOpenTimeout, nameof(options.HalfOpenTimeout), forward, problems);
    }

    public static void Check(this UdpForwardOptions options, string forward, BuildProblems problems)
    {
        options.Selection.Check(forward, problems);
        AtLeastOne(options.Attempts, nameof(options.Attempts), forward, problems);
        AtLeastOne(options.MaxFlows, nameof(options.MaxFlows), forward, problems);
        AtLeastOne(options.Backlog, nameof(options.Backlog), forward, problems);
        AtLeastOne(options.QueueLength, nameof(options.QueueLength), forward, problems);
        PositiveOrInfinite(options.DialTimeout, nameof(options.DialTimeout), forward, problems);
        Positive(options.FlowTimeout, nameof(options.FlowTimeout), forward, problems);
    }

    public static void Check(this ProxyServerOptions options, string forward, BuildProblems problems)
    {
        AtLeastOne(options.Attempts, nameof(options.Attempts), forward, problems);
        AtLeastOne(options.MaxConnections, nameof(options.MaxConnections), forward, problems);
        PositiveOrInfinite(options.DialTimeout, nameof(options.DialTimeout), forward, problems);
        Positive(options.HandshakeTimeout, nameof(options.HandshakeTimeout), forward, problems);
        PositiveOrInfinite(options.IdleTimeout, nameof(options.IdleTimeout), forward, problems);
        PositiveOrInfinite(options.HalfOpenTimeout, nameof(options.HalfOpenTimeout), forward, problems);
    }

    public static void Check(this ShadowsocksServerOptions options, string forward, BuildProblems problems)
    {
        AtLeastOne(options.MaxFlows, nameof(options.MaxFlows), forward, problems);
        Positive(options.FlowTimeout, nameof(options.FlowTimeout), forward, problems);
        if (options.Authenticator is not null || options.AllowAnonymous)
        {
            problems.Add($"{forward}: who knows the password may use it; leave out Authenticator and AllowAnonymous");
        }

        try
        {
            WarnOfWeakCipher(ShadowsocksKey.Create(options.Method, options.Password).Method, forward, problems);
        }
        catch (ArgumentException e)
        {
            problems.Add($"{forward}: {e.Message}");
        }
    }

    /// <summary>Says so of a cipher that is not what one should be.</summary>
    public static void WarnOfWeakCipher(ShadowsocksMethod? method, string owner, BuildProblems problems)
    {
        if (method?.IsWeak == true)
        {
            problems.Warn(
                $"{owner}: {method.Name} does not notice changed bytes and is obsolete; use {ShadowsocksMethods.Default} if both ends know it");
        }
    }

    public static void Check(this ProxyOptions options, string node, BuildProblems problems)
    {
        PositiveOrInfinite(options.DialTimeout, nameof(options.DialTimeout), node, problems);
        PositiveOrInfinite(options.ConnectTimeout, nameof(options.ConnectTimeout), node, problems);
        if (options.HeartbeatInterval < TimeSpan.FromSeconds(1) || options.HeartbeatInterval > MaxTimer)
        {
            problems.Add($"{node}: {nameof(options.HeartbeatInterval)} is {options.HeartbeatInterval}; write one second or more, up to {MaxTimer.Days} days");
        }
        if (options is Socks5ProxyOptions socks5)
        {
            AtLeastOne(socks5.Sessions, nameof(socks5.Sessions), node, problems);
            if (socks5 is { RequireTls: true, Tls: null })
            {
                problems.Add($"{node}: RequireTls is set without Tls; write Tls = new() to verify the server, or Tls = new() {{ Pins = [...] }}");
            }
        }
    }

    public static void Check(this SelectionOptions options, string group, BuildProblems problems)
    {
        if (options.MaxFails == 0)
        {
            problems.Add($"{group}: MaxFails is 0; write 1 or more, or -1 for nodes that never die");
        }

        if (!Enum.IsDefined(options.Strategy))
        {
            problems.Add($"{group}: Strategy is {options.Strategy}, which is none of {string.Join(", ", Enum.GetNames<SelectionStrategy>())}");
        }

        Positive(options.FailTimeout, nameof(options.FailTimeout), group, problems);
    }

    public static void AtLeastOne(int value, string option, string owner, BuildProblems problems)
    {
        if (value < 1)
        {
            problems.Add($"{owner}: {option} is {value}; write 1 or more");
        }
    }

    public static void Positive(TimeSpan value, string option, string owner, BuildProblems problems)
    {
        if (value <= TimeSpan.Zero || value > MaxTimer)
        {
            problems.Add($"{owner}: {option} is {value}; write more than zero, up to {MaxTimer.Days} days");
        }
    }

    private static void PositiveOrInfinite(TimeSpan value, string option, string owner, BuildProblems problems)
    {
        if (value != Timeout.InfiniteTimeSpan)
        {
            Positive(value, option, owner, problems);
        }
    }

    // What timers and token sources take: 2^32 - 2 milliseconds.
    private static readonly TimeSpan MaxTimer = TimeSpan.FromMilliseconds(uint.MaxValue - 1);
}
