namespace GostNet.Internal;

/// <summary>What a <see cref="StreamOutput"/> asks and tells its stream. The caller holds the session's gate.</summary>
internal interface IStreamOutputOwner
{
    /// <summary>Whether there is a frame that may be sent now.</summary>
    bool HasFrame { get; }

    /// <summary>Why nothing may be written, or <see langword="null"/>.</summary>
    Exception? FindRefusal();

    /// <summary>Has the stream queued for its turn in a batch.</summary>
    void OnOffer();
}
