namespace GostNet.Transports.Http2;

/// <summary>The header of a frame.</summary>
/// <param name="Length">The length of the payload, 24 bits.</param>
/// <param name="Type">What it is.</param>
/// <param name="Flags">What else is to be known.</param>
/// <param name="StreamId">The stream, 31 bits; 0 is the session.</param>
internal readonly record struct Http2FrameHeader(int Length, Http2FrameType Type, Http2FrameFlags Flags, uint StreamId)
{
    /// <summary>Whether a flag is set.</summary>
    public bool Has(Http2FrameFlags flag) => (Flags & flag) != 0;
}
