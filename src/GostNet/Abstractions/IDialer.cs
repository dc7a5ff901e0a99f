namespace GostNet;

/// <summary>A way to reach targets: directly, through a chain of nodes, or in memory.</summary>
public interface IDialer
{
    /// <summary>Opens a connection to a target.</summary>
    /// <param name="target">The host and port to reach. Whoever makes the last step resolves a name; an empty host is that machine.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A connection that the caller owns.</returns>
    /// <exception cref="ForwardException">The target was not reached; <see cref="ForwardException.Error"/> says why, and
    /// <see cref="ForwardException.Node"/> which node is to blame, if one is.</exception>
    ValueTask<IConnection> DialAsync(HostEndPoint target, CancellationToken cancellationToken = default);
}
