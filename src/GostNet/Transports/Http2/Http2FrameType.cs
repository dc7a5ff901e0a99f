namespace GostNet.Transports.Http2;

/// <summary>What a frame is (RFC 9113, section 6). Types that are not here are ignored.</summary>
internal enum Http2FrameType : byte
{
    /// <summary>Bytes of a stream.</summary>
    Data = 0,

    /// <summary>Opens a stream or answers on it.</summary>
    Headers = 1,

    /// <summary>Asks for an order of streams; nobody here keeps one.</summary>
    Priority = 2,

    /// <summary>Ends a stream at once.</summary>
    ResetStream = 3,

    /// <summary>Tells the sender's settings, or that the receiver's are in force.</summary>
    Settings = 4,

    /// <summary>Announces a stream of the server's; nobody here allows that.</summary>
    PushPromise = 5,

    /// <summary>Asks whether the peer is there, or says so.</summary>
    Ping = 6,

    /// <summary>Ends the session for new streams.</summary>
    GoAway = 7,

    /// <summary>Allows more data.</summary>
    WindowUpdate = 8,

    /// <summary>The rest of a block of fields.</summary>
    Continuation = 9,
}
