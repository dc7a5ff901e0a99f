namespace GostNet.Ssh.Sessions;

/// <summary>A channel that the peer wants to open.</summary>
internal abstract class ChannelOpening
{
    /// <summary>The type, ASCII; cut at 64 characters.</summary>
    public abstract string Type { get; }

    /// <summary>What belongs to the type: a copy that may be kept.</summary>
    public abstract ReadOnlyMemory<byte> Data { get; }

    /// <summary>Confirms the channel. Data may arrive at once, and waits in the channel.</summary>
    /// <returns>The channel; <see langword="null"/> if the connection has ended meanwhile.</returns>
    public abstract IConnection? Accept();

    /// <summary>Confirms a session that has nothing to offer but a text: whoever starts a shell or a command is shown it, and the channel
    /// is closed with exit status 1 (ssh, section 5). What is no session is refused with it.</summary>
    /// <param name="text">The text, a short line.</param>
    public virtual void AcceptNotice(string text) => Refuse(ChannelOpenFailure.AdministrativelyProhibited, text);

    /// <summary>Refuses the channel.</summary>
    /// <param name="failure">Why.</param>
    /// <param name="text">The same for people, a short line.</param>
    public abstract void Refuse(ChannelOpenFailure failure, string text);
}
