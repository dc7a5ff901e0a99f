namespace GostNet.Internal;

/// <summary>What a <see cref="SessionStream"/> is the face of.</summary>
internal interface ISessionStreamOwner
{
    /// <summary>Reads what is there, or waits for it; a read of no bytes waits too.</summary>
    ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Sends everything.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    /// <summary>Ends both directions, and drops what was not read.</summary>
    void Close();
}
