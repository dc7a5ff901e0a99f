using GostNet.Building.Nodes;

namespace GostNet;

/// <content>Forwards in GOST's words.</content>
public sealed partial class ForwardBuilder
{
    private int _defaultAttempts = 1;

    /// <summary>Adds a forward in GOST's words: what <c>-L</c> takes.</summary>
    /// <remarks>This version knows <c>tcp://</c> and <c>udp://</c>. <c>ip</c> names more targets; <c>strategy</c>, <c>max_fails</c> and
    /// <c>fail_timeout</c> say how one is chosen, and <c>retry</c> how many attempts there are; <c>timeout</c> limits the dial of
    /// <c>tcp</c>, and <c>ttl</c>, <c>backlog</c> and <c>queue</c> are for <c>udp</c>. Unlike GOST, <see cref="Build"/> refuses what it
    /// would have to ignore.</remarks>
    /// <param name="url">For instance <c>tcp://:2222/192.168.1.1:22,192.168.1.2:22?strategy=random</c>.</param>
    public ForwardBuilder Serve(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        _forwards.Add(problems => ServeNodes.Read(url, _defaultAttempts, problems));
        return this;
    }

    /// <summary>How many attempts a connection gets where a <see cref="Serve"/> URL has no <c>retry</c>: GOST's <c>Retries</c>.</summary>
    /// <param name="attempts">1 by default. Holds for this builder or <see cref="Route"/> alone.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is less than 1.</exception>
    public ForwardBuilder UseDefaultAttempts(int attempts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1);
        _defaultAttempts = attempts;
        return this;
    }
}
