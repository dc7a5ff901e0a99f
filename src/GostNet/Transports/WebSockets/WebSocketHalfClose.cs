namespace GostNet.Transports.WebSockets;

/// <summary>When the end of one direction is told to a peer that takes it for the end of both, as RFC 6455, section 5.5.1, has it
/// (transports, section 2).</summary>
internal enum WebSocketHalfClose
{
    /// <summary>At once. The peer drops what it has not sent yet.</summary>
    Immediate,

    /// <summary>Once the other direction has ended, or nothing has come for <see cref="WebSocketSettings.HalfCloseTimeout"/>.</summary>
    Drain,

    /// <summary>Once the other direction has ended, however long that takes.</summary>
    Never,
}
