using System.Collections.Immutable;
using GostNet.Internal;

namespace GostNet.Transports;

/// <summary>One end of a transport: the layers over a connection, the lowest first, and perhaps one on top that carries many over
/// it.</summary>
/// <param name="Layers">Those that make one connection of one.</param>
/// <param name="Multiplexing">The one on top; <see langword="null"/> if each connection has its own below.</param>
internal sealed record TransportLayers(ImmutableArray<IConnectionLayer> Layers, IMultiplexLayer? Multiplexing = null)
{
    /// <summary>A connection as it is.</summary>
    public static TransportLayers None { get; } = new([]);

    /// <summary>Whether there is nothing to do.</summary>
    public bool IsEmpty => Layers.IsEmpty && Multiplexing is null;

    /// <summary>Does the handshakes of all layers but the one that multiplexes.</summary>
    /// <param name="carrier">The connection below, owned by this from now on: if a handshake fails it is aborted.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<IConnection> WrapAsync(IConnection carrier, CancellationToken cancellationToken)
    {
        IConnection connection = carrier;
        try
        {
            foreach (IConnectionLayer layer in Layers)
            {
                connection = await layer.StartAsync(connection, cancellationToken).ConfigureAwait(false);
            }

            return connection;
        }
        catch
        {
            await connection.DropAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Does the handshakes of all layers, and begins the session on top.</summary>
    /// <param name="carrier">As for <see cref="WrapAsync"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<IMultiplexSession> StartSessionAsync(IConnection carrier, CancellationToken cancellationToken)
    {
        IConnection connection = await WrapAsync(carrier, cancellationToken).ConfigureAwait(false);
        try
        {
            return await Multiplexing!.StartAsync(connection, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await connection.DropAsync().ConfigureAwait(false);
            throw;
        }
    }
}
