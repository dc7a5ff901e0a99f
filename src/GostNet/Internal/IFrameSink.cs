namespace GostNet.Internal;

/// <summary>What a <see cref="FrameReader"/> reads for.</summary>
internal interface IFrameSink
{
    /// <summary>Whether nothing more is to be read.</summary>
    bool IsEnded { get; }

    /// <summary>Whether the peer may be silent for long: no buffer is held while it is.</summary>
    bool IsIdle { get; }

    /// <summary>Whether no frames are taken for the present.</summary>
    bool IsPaused => false;

    /// <summary>Takes frames as long as there are some. What it leaves is less than the longest frame that must be whole.</summary>
    /// <returns>How many bytes it took.</returns>
    int TakeFrames(ReadOnlySpan<byte> source);

    /// <summary>Waits until frames are taken again, or nothing more is to be read.</summary>
    ValueTask WaitForResumeAsync() => ValueTask.CompletedTask;
}
