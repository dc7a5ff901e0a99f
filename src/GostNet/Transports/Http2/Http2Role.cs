namespace GostNet.Transports.Http2;

/// <summary>Which end of a session it is.</summary>
internal enum Http2Role
{
    /// <summary>Opens streams, with odd ids.</summary>
    Client,

    /// <summary>Takes the streams that the client opens.</summary>
    Server,
}
