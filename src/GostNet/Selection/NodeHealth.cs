using Polly;
using Polly.CircuitBreaker;

namespace GostNet.Selection;

/// <summary>Whether a node may be used: a Polly circuit breaker that opens after so many failures in a row.</summary>
/// <remarks>
/// Polly's own rules count by ratio within a window and need two calls at least, where GOST's <c>max_fails</c> counts consecutive
/// failures from one on (gost-nodes, section 3.3). So the counting is done here, and the breaker is opened and closed by hand. An open
/// breaker lets one trial through after <see cref="SelectionOptions.FailTimeout"/>. Not thread-safe: the group holds its lock.
/// </remarks>
internal sealed class NodeHealth
{
    private readonly TimeProvider _time;
    private readonly CircuitBreakerManualControl _breaker = new();
    private readonly CircuitBreakerStateProvider _state = new();
    private int _failures;
    private long _lastFailure;
    private bool _onTrial;
    private long _trialStart;

    public NodeHealth(TimeProvider time)
    {
        _time = time;
        _ = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions { ManualControl = _breaker, StateProvider = _state })
            .Build();
    }

    /// <summary>Whether the node has failed too often.</summary>
    public bool IsDead => _state.CircuitState == CircuitState.Isolated;

    /// <summary>When the last failure was, as the clock's timestamp.</summary>
    public long LastFailure => _lastFailure;

    /// <summary>Whether the node may be offered to a selector. A trial that comes to no verdict within the time that a dead node is
    /// left out does not keep the next one from being made.</summary>
    public bool IsCandidate(TimeSpan failTimeout) =>
        !IsDead
        || (_time.GetElapsedTime(_lastFailure) >= failTimeout && !(_onTrial && _time.GetElapsedTime(_trialStart) < failTimeout));

    /// <summary>Notes that the node was chosen. A dead one is then on trial, and nobody else is offered it.</summary>
    /// <returns>Whether it is on trial.</returns>
    public bool Begin()
    {
        _onTrial = IsDead;
        _trialStart = _time.GetTimestamp();
        return _onTrial;
    }

    /// <summary>The node did its part: its failures are forgotten.</summary>
    /// <returns>Whether it was dead before.</returns>
    public bool Succeed()
    {
        bool wasDead = IsDead;
        _failures = 0;
        _onTrial = false;
        if (wasDead)
        {
            Complete(_breaker.CloseAsync());
        }

        return wasDead;
    }

    /// <summary>The node failed.</summary>
    /// <returns>Whether that made it dead.</returns>
    public bool Fail(int maxFails)
    {
        _failures++;
        _lastFailure = _time.GetTimestamp();
        _onTrial = false;
        if (IsDead || maxFails < 0 || _failures < maxFails)
        {
            return false;
        }

        Complete(_breaker.IsolateAsync());
        return true;
    }

    /// <summary>The trial says nothing about the node.</summary>
    public void Release() => _onTrial = false;

    // Without callbacks of ours Polly has nothing to wait for.
    private static void Complete(Task done) => done.GetAwaiter().GetResult();
}
