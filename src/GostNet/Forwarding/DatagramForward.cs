using System.Net;
using GostNet.Diagnostics;
using GostNet.Relaying;
using Microsoft.Extensions.Logging;

namespace GostNet.Forwarding;

/// <summary>A forward of datagrams (gost-nodes, section 2.2): a flow for each client.</summary>
internal sealed class DatagramForward : ListeningForward<IDatagramListener>, IDatagramRelayOwner
{
    private readonly IDatagramHandler _handler;
    private readonly DatagramRelayOptions _options;

    /// <summary>Makes a forward.</summary>
    /// <param name="forward">Its public side.</param>
    /// <param name="binding">Where it listens.</param>
    /// <param name="handler">Opens where the flows go.</param>
    /// <param name="options">How many flows there may be, and for how long.</param>
    /// <param name="context">What the forwards of a forwarder share.</param>
    public DatagramForward(
        Forward forward,
        Binding<IDatagramListener> binding,
        IDatagramHandler handler,
        DatagramRelayOptions options,
        ForwardContext context)
        : base(forward, binding, context)
    {
        _handler = handler;
        _options = options;
    }

    // Datagrams have no end to wait for: a flow ends by being idle, and the answers on their way are not worth a minute's wait.
    public override Task DrainedAsync() => Task.CompletedTask;

    async ValueTask<IDatagramUpstream> IDatagramRelayOwner.OpenAsync(DatagramFlow flow, CancellationToken cancellationToken)
    {
        var connection = (ForwardedConnection)flow.Tag!;
        IDatagramUpstream upstream = await _handler.OpenAsync(connection, cancellationToken).ConfigureAwait(false);
        Context.Logger.ConnectionOpened(connection.Id, connection.Client, connection.Target);
        return upstream;
    }

    void IDatagramRelayOwner.FlowOpened(DatagramFlow flow)
    {
        ForwardedConnection connection = Context.Connections.Open(
            Forward, flow.ClientEndPoint, () => flow.Abort(ConnectionEnd.Aborted));
        flow.Tag = connection;
        connection.Attach(flow);
    }

    void IDatagramRelayOwner.FlowClosed(DatagramFlow flow, ConnectionEnd reason, Exception? error) =>
        Context.Connections.Close((ForwardedConnection)flow.Tag!, reason, error);

    void IDatagramRelayOwner.DatagramDropped(int size, string reason) => Context.DropDatagram(Forward, size, reason);

    protected override EndPoint LocalEndPointOf(IDatagramListener listener) => listener.LocalEndPoint;

    protected override async Task ServeAsync(IDatagramListener listener)
    {
        // The flows end with their listener: answers of theirs have no way back any more (gost-nodes, section 6, D7).
        var relay = new DatagramRelay(listener, this, _options, Context.Time);
        await using (relay.ConfigureAwait(false))
        {
            var pause = new AcceptPause(Forward.Name, Context.Time, Context.Logger);
            while (!Stopping.IsCancellationRequested)
            {
                long received = relay.Received;
                try
                {
                    await relay.RunAsync().ConfigureAwait(false);
                    return;
                }
                catch (IOException e) when (!IsRemote)
                {
                    if (relay.Received != received)
                    {
                        pause.Reset();
                    }

                    await pause.WaitAsync(e, Stopping).ConfigureAwait(false);
                }
            }
        }
    }

    protected override Task EndConnectionsAsync() => Task.CompletedTask;
}
