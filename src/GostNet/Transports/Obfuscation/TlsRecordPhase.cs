namespace GostNet.Transports.Obfuscation;

/// <summary>Which record is next.</summary>
internal enum TlsRecordPhase
{
    /// <summary>The server's greeting.</summary>
    ServerHello,

    /// <summary>The one byte behind it.</summary>
    ChangeCipherSpec,

    /// <summary>The first reply, which goes for the end of the handshake.</summary>
    FirstReply,

    /// <summary>Data.</summary>
    Data,
}
