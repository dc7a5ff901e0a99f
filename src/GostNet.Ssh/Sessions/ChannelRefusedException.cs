namespace GostNet.Ssh.Sessions;

/// <summary>The peer did not open a channel.</summary>
/// <param name="failure">Its reason.</param>
/// <param name="text">What it said, escaped.</param>
internal sealed class ChannelRefusedException(ChannelOpenFailure failure, string text)
    : IOException($"The channel was not opened: {text} ({failure}).")
{
    /// <summary>The peer's reason.</summary>
    public ChannelOpenFailure Failure => failure;

    /// <summary>What it said, escaped and cut.</summary>
    public string Text => text;
}
