namespace GostNet.Transports.Http2;

/// <summary>What can be set (RFC 9113, section 6.5.2). Others are ignored.</summary>
internal enum Http2SettingId : ushort
{
    /// <summary>How large the decoder's dynamic table may become.</summary>
    HeaderTableSize = 1,

    /// <summary>Whether the server may open streams: 0 or 1.</summary>
    EnablePush = 2,

    /// <summary>How many streams the receiver may have opened.</summary>
    MaxConcurrentStreams = 3,

    /// <summary>The window that each stream begins with.</summary>
    InitialWindowSize = 4,

    /// <summary>The longest payload of a frame.</summary>
    MaxFrameSize = 5,

    /// <summary>How much the fields of a head may be, unpacked.</summary>
    MaxHeaderListSize = 6,
}
