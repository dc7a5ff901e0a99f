using System.Net;
using System.Threading.Channels;
using GostNet.Internal;
using GostNet.Ssh.Sessions;

namespace GostNet.Ssh.Forwarding;

/// <summary>A port that a server listens at for this client.</summary>
/// <remarks>A channel is confirmed as it is accepted here, and not before: until then the server reads nothing of its peer, and nothing of
/// it is held.</remarks>
internal sealed class RemotePort : IListener
{
    /// <summary>How many channels wait to be accepted; further ones are refused. 1024, as in GOST (ssh, section 1.3).</summary>
    public const int Backlog = 1024;

    private readonly RemotePorts _ports;
    private readonly ISshConnection _connection;
    private readonly Channel<(ChannelOpening Opening, EndPoint? Originator)> _waiting =
        Channel.CreateBounded<(ChannelOpening, EndPoint?)>(Backlog);

    private int _isDisposed;

    /// <summary>Makes one that the server listens at already.</summary>
    /// <param name="ports">Where it is noted.</param>
    /// <param name="connection">The connection to the server.</param>
    /// <param name="address">What the server was asked for, as it was written.</param>
    /// <param name="port">The port.</param>
    public RemotePort(RemotePorts ports, ISshConnection connection, string address, int port)
    {
        _ports = ports;
        _connection = connection;
        Address = address;
        Port = port;
        LocalEndPoint = ForwardingCodec.ToPlainEndPoint(address, (uint)port)!; // it was an end point before it was written
    }

    /// <summary>What the server was asked for, as it was written.</summary>
    public string Address { get; }

    public int Port { get; }

    public EndPoint LocalEndPoint { get; }

    public async ValueTask<IConnection?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                if (_waiting.Reader.TryRead(out (ChannelOpening Opening, EndPoint? Originator) next) && next.Opening.Accept() is { } channel)
                {
                    return new ForwardedChannel(channel, LocalEndPoint, next.Originator);
                }
            }
        }
        catch (IOException) when (Volatile.Read(ref _isDisposed) != 0)
        {
            // It had been lost before it was closed.
        }

        return null;
    }

    /// <summary>Has the server release the port. What was accepted goes on.</summary>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _ports.Remove(this);
            if (_waiting.Writer.TryComplete() && !_connection.Completion.IsCompleted)
            {
                _connection.Notify(ForwardingCodec.CancelTcpipForward, ForwardingCodec.WriteAddress(Address, Port));
            }

            RefuseWaiting();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Takes a channel that the server opens for somebody who has connected.</summary>
    public void Offer(ChannelOpening opening, EndPoint? originator)
    {
        if (!_waiting.Writer.TryWrite((opening, originator)))
        {
            opening.Refuse(ChannelOpenFailure.ResourceShortage, "too many connections wait to be accepted");
        }
    }

    /// <summary>The connection to the server has ended.</summary>
    public void Lose(Exception? error)
    {
        string reason = error is null ? "the connection has ended" : $"the connection broke: {error.Message.TrimEnd('.')}";
        _waiting.Writer.TryComplete(new ForwardException(
            ForwardError.ConnectionClosed, $"SSH server {_ports.Server} no longer listens at {LocalEndPoint}: {reason}.", error));
        RefuseWaiting();
    }

    private void RefuseWaiting()
    {
        while (_waiting.Reader.TryRead(out (ChannelOpening Opening, EndPoint? Originator) next))
        {
            next.Opening.Refuse(ChannelOpenFailure.AdministrativelyProhibited, "nobody listens at that port any more");
        }
    }
}
