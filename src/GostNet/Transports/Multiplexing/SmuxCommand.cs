namespace GostNet.Transports.Multiplexing;

/// <summary>What a frame says (smux, section 1).</summary>
internal enum SmuxCommand : byte
{
    /// <summary>Opens a stream.</summary>
    Syn = 0,

    /// <summary>The sender will send nothing more on the stream.</summary>
    Fin = 1,

    /// <summary>Data.</summary>
    Push = 2,

    /// <summary>A sign of life.</summary>
    Nop = 3,

    /// <summary>How much of a stream was consumed, and how much more may come. Version 2 only.</summary>
    Update = 4,
}
