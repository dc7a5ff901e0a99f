namespace GostNet.Transports.WebSockets;

/// <summary>Why a <see cref="WebSocketFrameReader"/> stops.</summary>
internal enum WebSocketEvent
{
    /// <summary>All bytes are taken.</summary>
    NeedMoreData,

    /// <summary>There is payload, and no room for it.</summary>
    NeedMoreRoom,

    /// <summary>A control frame is complete.</summary>
    Control,

    /// <summary>A message is complete. It is told only where messages may be compressed.</summary>
    MessageEnd,

    /// <summary>The bytes are no frames that the peer may send. Nothing more is read.</summary>
    Fault,
}
