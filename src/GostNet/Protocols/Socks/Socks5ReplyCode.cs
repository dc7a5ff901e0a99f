namespace GostNet.Protocols.Socks;

/// <summary>What became of a request (RFC 1928, section 6).</summary>
internal enum Socks5ReplyCode : byte
{
    Succeeded = 0x00,
    GeneralFailure = 0x01,
    NotAllowed = 0x02,
    NetworkUnreachable = 0x03,

    /// <summary>GOST's answer to every CONNECT that fails (socks, section 9).</summary>
    HostUnreachable = 0x04,
    ConnectionRefused = 0x05,
    TtlExpired = 0x06,
    CommandNotSupported = 0x07,
    AddressTypeNotSupported = 0x08,
}
