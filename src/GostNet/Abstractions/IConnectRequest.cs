namespace GostNet;

/// <summary>The server's end of an <see cref="IForwardingConnection"/> that wants to be connected to a target. It is to be confirmed or
/// refused, once; confirmed, it is the connection to the client.</summary>
public interface IConnectRequest : IConnection
{
    /// <summary>What is to be reached, as the client wrote it.</summary>
    HostEndPoint Target { get; }

    /// <summary>Tells the client that the target was reached.</summary>
    /// <exception cref="IOException">The session has ended.</exception>
    void Confirm();

    /// <summary>Tells the client that the target was not reached, if the client is still there. The connection is then only good for being
    /// closed.</summary>
    /// <param name="reason">The reason.</param>
    void Refuse(ForwardError reason);
}
