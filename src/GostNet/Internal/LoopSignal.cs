using System.Threading.Tasks.Sources;

namespace GostNet.Internal;

/// <summary>Wakes one loop, again and again and without allocating. A signal that comes first is not lost.</summary>
/// <remarks>It may be set once for each wait; who may set it is settled by its owner.</remarks>
/// <param name="runsInline">Whether the loop runs on the thread that sets it, until it waits again.</param>
internal sealed class LoopSignal(bool runsInline = false) : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = !runsInline };

    public ValueTask WaitAsync() => new(this, _core.Version);

    public void Set() => _core.SetResult(true);

    void IValueTaskSource.GetResult(short token)
    {
        _core.GetResult(token);
        _core.Reset();
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
