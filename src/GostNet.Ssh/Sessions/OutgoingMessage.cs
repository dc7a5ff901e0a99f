using GostNet.Ssh.Ciphers;

namespace GostNet.Ssh.Sessions;

/// <summary>A message that waits to be sent.</summary>
/// <param name="Payload">From the message number on.</param>
internal readonly record struct OutgoingMessage(byte[] Payload)
{
    /// <summary>What seals everything behind it, if it is NEWKEYS.</summary>
    public PacketSealer? NewSealer { get; init; }

    /// <summary>Whether nothing is sent behind it.</summary>
    public bool IsLast { get; init; }

    /// <summary>Whether it is to be overwritten once it is on its way.</summary>
    public bool IsSecret { get; init; }
}
