namespace GostNet.Transports.Http2;

/// <summary>What came of reading a block of fields.</summary>
internal enum HpackResult
{
    /// <summary>All fields are there.</summary>
    Done,

    /// <summary>They are larger than was allowed, and not all there. The block was read to its end, so that the next can be.</summary>
    TooLarge,

    /// <summary>It is no block of fields, and no other block can be read after it.</summary>
    Malformed,
}
