using System.Net;
using GostNet.Internal;

namespace GostNet.Protocols.Forward;

/// <summary>Asks a node whose sessions have words of their own for what is to be reached through them, as those of SSH
/// have.</summary>
/// <remarks>The node's connections are <see cref="IForwardingConnection"/>s.</remarks>
internal sealed class SessionConnector : IBindConnector
{
    public async ValueTask<IConnection> ConnectAsync(IConnection node, HostEndPoint target, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(target);
        await Demand(node).ConnectAsync(target, cancellationToken).ConfigureAwait(false);
        return node;
    }

    public async ValueTask<IListener> ListenAsync(
        Func<CancellationToken, ValueTask<IConnection>> openNode, HostEndPoint endPoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(openNode);
        ArgumentNullException.ThrowIfNull(endPoint);
        IConnection node = await openNode(cancellationToken).ConfigureAwait(false);
        try
        {
            return new Listener(await Demand(node).ListenAsync(endPoint, cancellationToken).ConfigureAwait(false), node);
        }
        catch
        {
            await node.DropAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static IForwardingConnection Demand(IConnection node) =>
        node as IForwardingConnection
        ?? throw new ArgumentException("The connection to a node that forwards has to be one of a session that can.", nameof(node));

    /// <summary>A port of the node's, with the connection that it was asked for over.</summary>
    private sealed class Listener(IListener inner, IConnection node) : IListener
    {
        public EndPoint LocalEndPoint => inner.LocalEndPoint;

        public ValueTask<IConnection?> AcceptAsync(CancellationToken cancellationToken) => inner.AcceptAsync(cancellationToken);

        public async ValueTask DisposeAsync()
        {
            try
            {
                await inner.DisposeAsync().ConfigureAwait(false);
            }
            finally
            {
                await node.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
