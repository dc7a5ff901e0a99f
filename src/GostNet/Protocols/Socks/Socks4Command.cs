namespace GostNet.Protocols.Socks;

/// <summary>What a client asks for (socks, section 10).</summary>
internal enum Socks4Command : byte
{
    /// <summary>A connection to the address.</summary>
    Connect = 1,

    /// <summary>A port that waits for one connection.</summary>
    Bind = 2,
}
