using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace GostNet.Diagnostics;

/// <summary>The instruments of the meter. Durations are in seconds, sizes in bytes.</summary>
internal sealed class GostNetMetrics
{
    private readonly UpDownCounter<long> _activeConnections;
    private readonly Histogram<double> _connectionDuration;
    private readonly Counter<long> _connectionIo;
    private readonly Histogram<double> _dialDuration;
    private readonly Counter<long> _droppedDatagrams;
    private readonly Counter<long> _failedHandshakes;

    public GostNetMetrics(IMeterFactory? factory)
    {
        Meter meter = factory?.Create(GostNetDiagnostics.MeterName) ?? Shared.Meter;
        _activeConnections = meter.CreateUpDownCounter<long>(
            "gostnet.active_connections", "{connection}", "Connections and datagram flows that are open.");
        _connectionDuration = meter.CreateHistogram<double>(
            "gostnet.connection.duration", "s", "How long a connection or flow lasted; error.type if it did not complete.");
        _connectionIo = meter.CreateCounter<long>("gostnet.connection.io", "By", "Bytes relayed, counted when their connection ends.");
        _dialDuration = meter.CreateHistogram<double>(
            "gostnet.dial.duration", "s", "How long it took to reach a target or to fail; error.type if it failed.");
        _droppedDatagrams = meter.CreateCounter<long>("gostnet.datagrams.dropped", "{datagram}", "Datagrams that went nowhere.");
        _failedHandshakes = meter.CreateCounter<long>(
            "gostnet.handshakes.failed", "{handshake}", "Connections to a forward whose transport was not agreed on.");
    }

    /// <summary>Counts a client that never got as far as being a connection of a forward.</summary>
    public void HandshakeFailed(string forward) => _failedHandshakes.Add(1, new KeyValuePair<string, object?>("gostnet.forward", forward));

    /// <summary>Counts a connection in.</summary>
    /// <returns>Whether it was counted, to be passed to <see cref="ConnectionClosed"/>.</returns>
    public bool ConnectionOpened(string forward, string transport)
    {
        bool counted = _activeConnections.Enabled;
        if (counted)
        {
            _activeConnections.Add(1, Tags(forward, transport));
        }

        return counted;
    }

    public void ConnectionClosed(
        string forward, string transport, bool counted, TimeSpan duration, long bytesFromClient, long bytesFromTarget, ConnectionEnd end)
    {
        if (counted)
        {
            _activeConnections.Add(-1, Tags(forward, transport));
        }

        if (_connectionDuration.Enabled)
        {
            TagList tags = Tags(forward, transport);
            if (end != ConnectionEnd.Completed)
            {
                tags.Add("error.type", end.ToString());
            }

            _connectionDuration.Record(duration.TotalSeconds, tags);
        }

        if (_connectionIo.Enabled)
        {
            TagList tags = Tags(forward, transport);
            tags.Add("network.io.direction", "transmit");
            _connectionIo.Add(bytesFromClient, tags);
            tags[2] = new("network.io.direction", "receive");
            _connectionIo.Add(bytesFromTarget, tags);
        }
    }

    public void Dialed(HostEndPoint target, TimeSpan duration, string? error)
    {
        if (_dialDuration.Enabled)
        {
            var tags = new TagList { { "server.address", target.Host }, { "server.port", target.Port } };
            if (error is not null)
            {
                tags.Add("error.type", error);
            }

            _dialDuration.Record(duration.TotalSeconds, tags);
        }
    }

    public void DatagramDropped(string forward) => _droppedDatagrams.Add(1, new TagList { { "gostnet.forward", forward } });

    private static TagList Tags(string forward, string transport) =>
        new() { { "gostnet.forward", forward }, { "network.transport", transport } };

    private static class Shared
    {
        public static readonly Meter Meter = new(GostNetDiagnostics.MeterName);
    }
}
