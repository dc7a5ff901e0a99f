namespace GostNet;

/// <summary>One end of a layer that carries many connections over one.</summary>
/// <remarks>As <see cref="IConnectionLayer"/> in all else.</remarks>
public interface IMultiplexLayer
{
    /// <summary>Begins a session.</summary>
    /// <param name="carrier">The connection below. It stays the caller's until this succeeds; the session owns it then.</param>
    /// <param name="cancellationToken">Gives up; the carrier is then only good for being closed.</param>
    /// <exception cref="ForwardException">The peer refused or misbehaved.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    ValueTask<IMultiplexSession> StartAsync(IConnection carrier, CancellationToken cancellationToken = default);
}
