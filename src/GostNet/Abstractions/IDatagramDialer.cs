namespace GostNet;

/// <summary>A way to exchange datagrams with targets.</summary>
public interface IDatagramDialer
{
    /// <summary>Opens a datagram socket to one target.</summary>
    /// <param name="target">The host and port to reach.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A socket that the caller owns.</returns>
    /// <exception cref="ForwardException">The target's name cannot be resolved, or no socket could be opened.</exception>
    ValueTask<IDatagramSocket> DialAsync(HostEndPoint target, CancellationToken cancellationToken = default);
}
