namespace GostNet.Transports.WebSockets;

/// <summary>What a frame is (RFC 6455, section 5.2).</summary>
internal enum WebSocketOpcode : byte
{
    /// <summary>More of the message that an earlier frame began.</summary>
    Continuation = 0,

    /// <summary>The beginning of a message of text, which here is as good as any other.</summary>
    Text = 1,

    /// <summary>The beginning of a message.</summary>
    Binary = 2,

    /// <summary>Nothing follows any more.</summary>
    Close = 8,

    /// <summary>To be answered with a pong of the same content.</summary>
    Ping = 9,

    /// <summary>Such an answer, or one to nothing, which is overlooked.</summary>
    Pong = 10,
}
