namespace GostNet.Internal;

/// <summary>What a <see cref="StreamInput"/> tells its stream.</summary>
internal interface IStreamInputOwner
{
    /// <summary>Counts what the application has read. The caller holds the input's gate.</summary>
    /// <returns>What the peer is to be allowed in addition, in bytes; 0 if nothing is to be said yet.</returns>
    int Consume(int count);

    /// <summary>What was held has been read. The caller holds no lock.</summary>
    /// <param name="count">How many bytes.</param>
    /// <param name="credit">What the peer is to be allowed, or 0.</param>
    void OnRead(int count, int credit);

    /// <summary>The end was read, or is about to be. It is said once. The caller holds no lock.</summary>
    void OnReadToEnd()
    {
    }
}
