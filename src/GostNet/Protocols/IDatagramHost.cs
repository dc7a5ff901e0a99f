namespace GostNet.Protocols;

/// <summary>What a proxy server that passes on datagrams asks of the forward that it works for, on behalf of one client.</summary>
internal interface IDatagramHost
{
    /// <summary>The clock.</summary>
    TimeProvider Time { get; }

    /// <summary>Finds where a datagram for this target goes.</summary>
    /// <exception cref="ForwardException">The rules forbid the target, or its name has no address.</exception>
    ValueTask<System.Net.IPEndPoint> ResolveAsync(HostEndPoint target, CancellationToken cancellationToken);

    /// <summary>Counts bytes that passed without <see cref="IProxyHost.RelayAsync"/>: those of HTTP requests and responses, and of datagrams. The two
    /// directions may be counted at the same time, each by one caller.</summary>
    void CountBytes(bool fromClient, int size);

    /// <summary>Counts a datagram that went nowhere.</summary>
    void DropDatagram(int size, string reason);
}
