namespace GostNet.Transports.Http2;

/// <summary>What a frame's header says beside its type (RFC 9113, section 6). The meaning of a bit depends on the type.</summary>
[Flags]
internal enum Http2FrameFlags : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Of DATA and HEADERS: the sender's direction ends. Of SETTINGS and PING: <see cref="Http2Codec.Ack"/>.</summary>
    EndStream = 1,

    /// <summary>Of HEADERS and CONTINUATION: the block of fields is complete.</summary>
    EndHeaders = 4,

    /// <summary>Of DATA and HEADERS: there is padding.</summary>
    Padded = 8,

    /// <summary>Of HEADERS: five bytes of priority come first.</summary>
    Priority = 0x20,
}
