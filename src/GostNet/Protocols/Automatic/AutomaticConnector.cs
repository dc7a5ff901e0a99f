namespace GostNet.Protocols.Automatic;

/// <summary>A node of a chain that no protocol is named for: HTTP CONNECT where a connection is wanted, SOCKS5 for everything else, as
/// GOST 2.12 has it (gost-nodes, section 1.5).</summary>
internal sealed class AutomaticConnector(IConnector connect, IBindConnector bind, IDatagramConnector datagrams)
    : IBindConnector, IDatagramConnector
{
    public ValueTask<IConnection> ConnectAsync(IConnection node, HostEndPoint target, CancellationToken cancellationToken = default) =>
        connect.ConnectAsync(node, target, cancellationToken);

    public ValueTask<IListener> ListenAsync(
        Func<CancellationToken, ValueTask<IConnection>> openNode, HostEndPoint endPoint, CancellationToken cancellationToken = default) =>
        bind.ListenAsync(openNode, endPoint, cancellationToken);

    public ValueTask<IDatagramSocket> ConnectDatagramsAsync(
        Func<CancellationToken, ValueTask<IConnection>> openNode, HostEndPoint target, CancellationToken cancellationToken = default) =>
        datagrams.ConnectDatagramsAsync(openNode, target, cancellationToken);

    public ValueTask<IDatagramListener> ListenDatagramsAsync(
        Func<CancellationToken, ValueTask<IConnection>> openNode, HostEndPoint endPoint, CancellationToken cancellationToken = default) =>
        datagrams.ListenDatagramsAsync(openNode, endPoint, cancellationToken);
}
