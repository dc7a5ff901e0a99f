namespace GostNet.Protocols.Socks;

/// <summary>What became of a request (socks, section 10).</summary>
internal enum Socks4ReplyCode : byte
{
    Granted = 90,

    /// <summary>Rejected or failed; GOST's answer to every connection that fails.</summary>
    Failed = 91,

    /// <summary>No identd at the client; to GOST, forbidden by its rules.</summary>
    Denied = 92,

    /// <summary>The user id is not the one that the client's identd tells.</summary>
    UserIdMismatch = 93,
}
