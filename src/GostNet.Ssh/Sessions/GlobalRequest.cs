namespace GostNet.Ssh.Sessions;

/// <summary>A global request of the peer.</summary>
internal abstract class GlobalRequest
{
    /// <summary>The name, ASCII; cut at 64 characters.</summary>
    public abstract string Name { get; }

    /// <summary>What belongs to it: a copy that may be kept.</summary>
    public abstract ReadOnlyMemory<byte> Data { get; }

    /// <summary>Whether the peer waits for an answer.</summary>
    public abstract bool WantsReply { get; }

    /// <summary>Answers, if that is wanted. To be called once.</summary>
    /// <param name="isDone">Whether it was done.</param>
    /// <param name="data">What a success tells.</param>
    public abstract void Answer(bool isDone, ReadOnlySpan<byte> data = default);
}
