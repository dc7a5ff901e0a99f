namespace GostNet;

/// <summary>Many connections over one, the carrier.</summary>
/// <remarks>Disposing it ends the carrier and with it all connections of the session.</remarks>
public interface IMultiplexSession : IAsyncDisposable
{
    /// <summary>Ends once the session has, in whatever way. It does not fail.</summary>
    Task Completion { get; }

    /// <summary>Why the session broke, if it did.</summary>
    Exception? Failure { get; }

    /// <summary>Whether a connection can be opened at this moment: the session lives, and is not full.</summary>
    bool CanOpen { get; }

    /// <summary>Opens a connection to the other side.</summary>
    /// <exception cref="IOException">The session has ended, or can hold no more.</exception>
    ValueTask<IConnection> OpenAsync(CancellationToken cancellationToken = default);

    /// <summary>Waits for a connection that the other side opens.</summary>
    /// <returns>It, or <see langword="null"/> once the session has ended.</returns>
    ValueTask<IConnection?> AcceptAsync(CancellationToken cancellationToken = default);
}
