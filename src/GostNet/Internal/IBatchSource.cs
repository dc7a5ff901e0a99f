namespace GostNet.Internal;

/// <summary>What a <see cref="BatchWriter"/> sends for. It holds the gate, except where it is said otherwise.</summary>
internal interface IBatchSource
{
    /// <summary>Whether there is anything to send.</summary>
    bool HasWork { get; }

    /// <summary>Writes what is to be sent next.</summary>
    /// <param name="batch">Room for it.</param>
    /// <returns>How many bytes it wrote; 0 if there was nothing after all.</returns>
    int FillBatch(Span<byte> batch);

    /// <summary>Everything that could be sent is sent.</summary>
    void OnWriterRest();

    /// <summary>A write has to wait for the connection, or has done so. The gate is free.</summary>
    void OnWriteWait(bool isWaiting)
    {
    }

    /// <summary>The connection has failed. The gate is free; the source stops the writer.</summary>
    void OnWriteFailed(Exception error);
}
