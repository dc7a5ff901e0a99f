using System.Collections.Concurrent;
using System.Net;
using GostNet.Diagnostics;
using Microsoft.Extensions.Logging;

namespace GostNet.Forwarding;

/// <summary>The live connections of a forwarder, and the word about their coming and going: events, log, metrics.</summary>
internal sealed class ConnectionTable(TimeProvider time, GostNetMetrics metrics, ILogger logger)
{
    private readonly ConcurrentDictionary<long, ForwardedConnection> _live = new();
    private long _lastId;

    /// <summary>Raised when a connection has come in.</summary>
    public event EventHandler<ForwardedConnectionEventArgs>? Opened;

    /// <summary>Raised when a connection has ended.</summary>
    public event EventHandler<ForwardedConnectionEventArgs>? Closed;

    /// <summary>The live connections, as they were at this moment.</summary>
    public IReadOnlyCollection<ForwardedConnection> Snapshot() => [.. _live.Values];

    /// <summary>The live connections, without a copy; may change while they are looked at.</summary>
    public IEnumerable<ForwardedConnection> Live => _live.Select(entry => entry.Value);

    public ForwardedConnection Open(Forward forward, EndPoint? client, Action abortBeforeRelay)
    {
        forward.CountConnection();
        bool counted = metrics.ConnectionOpened(forward.Name, forward.Transport);
        var connection = new ForwardedConnection(
            forward, Interlocked.Increment(ref _lastId), client, time, counted, abortBeforeRelay);
        _live[connection.Id] = connection;
        Raise(Opened, connection, nameof(Forwarder.ConnectionOpened));
        return connection;
    }

    public void Close(ForwardedConnection connection, ConnectionEnd end, Exception? error)
    {
        connection.Close(end, error);
        _live.TryRemove(connection.Id, out _);
        metrics.ConnectionClosed(
            connection.Forward.Name,
            connection.Forward.Transport,
            connection.IsCounted,
            connection.Duration,
            connection.BytesFromClient,
            connection.BytesFromTarget,
            end);
        logger.ConnectionClosed(
            connection.Id, end, connection.BytesFromClient, connection.BytesFromTarget, connection.Duration.TotalSeconds);
        Raise(Closed, connection, nameof(Forwarder.ConnectionClosed));
    }

    private void Raise(EventHandler<ForwardedConnectionEventArgs>? handlers, ForwardedConnection connection, string name)
    {
        foreach (EventHandler<ForwardedConnectionEventArgs> handler in Delegate.EnumerateInvocationList(handlers))
        {
            try
            {
                handler(connection.Forward, new ForwardedConnectionEventArgs(connection));
            }
            catch (Exception e)
            {
                // A listener's mistake must neither end somebody's connection nor keep the news from other listeners.
                logger.EventHandlerFailed(e, name);
            }
        }
    }
}
