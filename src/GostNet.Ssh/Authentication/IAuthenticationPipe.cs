namespace GostNet.Ssh.Authentication;

/// <summary>What a login is spoken over: the messages of a connection whose first key exchange is done.</summary>
/// <remarks>Transport messages, such as DISCONNECT and EXT_INFO, do not show here.</remarks>
internal interface IAuthenticationPipe
{
    /// <summary>What signatures are bound to.</summary>
    ReadOnlyMemory<byte> SessionId { get; }

    /// <summary>The signature algorithms that the server takes from users, if it said so by <c>server-sig-algs</c> until now.</summary>
    IReadOnlyList<string>? ServerSignatureAlgorithms { get; }

    /// <summary>Sends a message.</summary>
    /// <param name="payload">From the message number on.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask SendAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken);

    /// <summary>Waits for the next message.</summary>
    /// <returns>Its payload from the message number on, valid until the next call.</returns>
    /// <exception cref="IOException">The connection has ended, or <see cref="Wire.SshException"/>: the peer misbehaved.</exception>
    ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken);
}
