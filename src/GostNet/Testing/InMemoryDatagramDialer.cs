namespace GostNet.Testing;

/// <summary>Opens datagram sockets to the datagram listeners of an in-memory network.</summary>
internal sealed class InMemoryDatagramDialer(InMemoryNetwork network) : IDatagramDialer
{
    public async ValueTask<IDatagramSocket> DialAsync(HostEndPoint target, CancellationToken cancellationToken = default)
    {
        await network.BeginDialAsync(target, isDatagram: true, cancellationToken).ConfigureAwait(false);
        return network.OpenDatagramSocket(target);
    }
}
