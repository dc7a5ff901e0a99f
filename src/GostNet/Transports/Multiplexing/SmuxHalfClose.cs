namespace GostNet.Transports.Multiplexing;

/// <summary>When the end of one direction is told to a peer that may take it for the end of both (smux, section 5).</summary>
internal enum SmuxHalfClose
{
    /// <summary>At once. A peer like GOST drops what it has not answered yet.</summary>
    Immediate,

    /// <summary>Once the other direction has ended, or nothing has come for <see cref="SmuxOptions.HalfCloseTimeout"/>.</summary>
    Drain,

    /// <summary>Once the other direction has ended, however long that takes.</summary>
    Never,
}
