namespace GostNet.Transports.Multiplexing;

/// <summary>Which ids an end gives to the streams that it opens. It need not be the role in the connection underneath (smux, section 2).
/// </summary>
internal enum SmuxRole
{
    /// <summary>Opens 3, 5, 7 …</summary>
    Client,

    /// <summary>Opens 2, 4, 6 …</summary>
    Server,
}
