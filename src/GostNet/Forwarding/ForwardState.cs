namespace GostNet;

/// <summary>Where a forward is in its life.</summary>
public enum ForwardState
{
    /// <summary>It has not been started.</summary>
    Created,

    /// <summary>It listens and serves.</summary>
    Listening,

    /// <summary>It takes no new connections, and those it has may finish.</summary>
    Draining,

    /// <summary>It has ended as it was told to.</summary>
    Stopped,

    /// <summary>It ended by itself; <see cref="Forward.Error"/> says why.</summary>
    Faulted,

    /// <summary>It is to listen at the far end of a chain, which is being asked for that.</summary>
    Connecting,

    /// <summary>It is to listen at the far end of a chain, which could not be had or was lost, and is asked again after a while;
    /// <see cref="Forward.Error"/> says why.</summary>
    BackingOff,
}
