namespace GostNet.Ssh.Sessions;

/// <summary>What is done with the channels and requests that the peer of an <see cref="ISshConnection"/> asks for.</summary>
/// <remarks>It is called on the connection's reader, one call at a time, before the next packet is looked at: it must not block, and starts
/// what takes time elsewhere.</remarks>
internal interface ISshConnectionHandler
{
    /// <summary>The peer opens a channel. It is to be accepted or refused, now or later.</summary>
    void OnChannelOpen(ChannelOpening opening);

    /// <summary>The peer sends a global request. It is to be answered, now or later; answers leave in the order of the requests.</summary>
    void OnGlobalRequest(GlobalRequest request);
}
