namespace GostNet.Protocols.Socks;

/// <summary>What a client asks for (RFC 1928, section 4).</summary>
internal enum Socks5Command : byte
{
    /// <summary>A connection to the address.</summary>
    Connect = 0x01,

    /// <summary>A port that waits for one connection. GOST listens at the address in the request (socks, section 6).</summary>
    Bind = 0x02,

    /// <summary>A relay for datagrams.</summary>
    UdpAssociate = 0x03,

    /// <summary>A port whose connections come over smux: GOST's mbind (socks, section 7).</summary>
    MuxBind = 0xF2,

    /// <summary>Datagrams over this connection: GOST's UDP tunnel (socks, section 8.2).</summary>
    UdpTunnel = 0xF3,
}
