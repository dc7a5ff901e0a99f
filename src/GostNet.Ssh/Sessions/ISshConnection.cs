namespace GostNet.Ssh.Sessions;

/// <summary>An SSH connection that is logged in: channels and global requests, both ways (RFC 4254).</summary>
/// <remarks>Disposing it sends DISCONNECT, and ends everything within bounded time.</remarks>
internal interface ISshConnection : IAsyncDisposable
{
    /// <summary>Ends once the connection has, in whatever way. It does not fail.</summary>
    Task Completion { get; }

    /// <summary>Why the connection broke, if it did.</summary>
    Exception? Error { get; }

    /// <summary>Whether a channel can be opened at this moment: the connection lives, and is not full.</summary>
    bool CanOpen { get; }

    /// <summary>How many channels there are, those being opened included.</summary>
    int ChannelCount { get; }

    /// <summary>Opens a channel, and waits until the peer has confirmed it.</summary>
    /// <param name="type">The type, for instance <c>direct-tcpip</c>.</param>
    /// <param name="data">What belongs to the type.</param>
    /// <param name="cancellationToken">Gives up; a channel that is confirmed later is closed then.</param>
    /// <exception cref="ChannelRefusedException">The peer refused it.</exception>
    /// <exception cref="IOException">The connection has ended.</exception>
    ValueTask<IConnection> OpenChannelAsync(string type, ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    /// <summary>Sends a global request, and waits for the answer.</summary>
    /// <param name="name">The request, for instance <c>tcpip-forward</c>.</param>
    /// <param name="data">What belongs to it.</param>
    /// <param name="onSuccess">Is given the answer's data on the reader, before what the peer sent behind it is looked at; must not block.</param>
    /// <param name="cancellationToken">Gives up waiting; the answer is then passed over.</param>
    /// <returns>Whether the peer did it.</returns>
    /// <exception cref="IOException">The connection has ended.</exception>
    ValueTask<bool> RequestAsync(
        string name, ReadOnlyMemory<byte> data, Action<ReadOnlyMemory<byte>>? onSuccess, CancellationToken cancellationToken);

    /// <summary>Sends a global request that wants no answer.</summary>
    void Notify(string name, ReadOnlyMemory<byte> data);
}
