namespace GostNet.Transports.WebSockets;

/// <summary>What is in front of a frame's payload (RFC 6455, section 5.2).</summary>
/// <param name="Opcode">What the frame is; perhaps none that is known.</param>
/// <param name="Length">The length of the payload, as the peer says.</param>
/// <param name="Mask">What the payload is masked with, its bytes in memory as they are on the wire; <see langword="null"/> if it is not.
/// </param>
/// <param name="IsFinal">Whether the message ends with the frame.</param>
/// <param name="Reserved">The bits RSV1, 4, to RSV3, 1. The first says that the message is compressed (RFC 7692, section 6).</param>
internal readonly record struct WebSocketHeader(
    WebSocketOpcode Opcode, ulong Length, uint? Mask = null, bool IsFinal = true, byte Reserved = 0)
{
    /// <summary>The bit of <see cref="Reserved"/> that says that a message is compressed.</summary>
    public const byte Compressed = 4;

    /// <summary>Whether the frame is about the connection, and no part of a message.</summary>
    public bool IsControl => Opcode >= WebSocketOpcode.Close;
}
