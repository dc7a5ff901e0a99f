namespace GostNet;

/// <summary>What a layer of a transport does beside carrying bytes.</summary>
[Flags]
public enum TransportTraits
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It encrypts what travels.</summary>
    Encrypts = 1,

    /// <summary>Clients have to log in to its server.</summary>
    Authenticates = 2,

    /// <summary>It has words of its own for what is to be reached: a client's connections are <see cref="IForwardingConnection"/>s, and a
    /// server's are <see cref="IConnectRequest"/>s and <see cref="IListenRequest"/>s.</summary>
    Forwards = 4,
}
