using GostNet.Ssh.Sessions;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Forwarding;

/// <summary>The ports that a server listens at for this client, and what comes of it; everything else that a server may ask for is
/// refused.</summary>
/// <param name="server">The server's name in messages.</param>
internal sealed class RemotePorts(string server) : ISshConnectionHandler
{
    // Servers that tell where they listen instead of what they were asked for (ssh, section 4).
    private static readonly string[] ThisServer = ["", "localhost", "127.0.0.1", "::1", "0.0.0.0", "::"];

    private readonly Lock _gate = new();
    private readonly List<RemotePort> _ports = [];
    private bool _isOver;

    /// <summary>The server's name in messages.</summary>
    public string Server => server;

    /// <summary>Ends all ports when the connection does.</summary>
    public void CloseWith(ISshConnection connection) => _ = CloseWithAsync(connection);

    /// <summary>Takes note of a port. It is called on the connection's reader, for what comes next may be meant for it.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="address">What the server was asked for, as it was written.</param>
    /// <param name="port">The port.</param>
    public RemotePort Add(ISshConnection connection, string address, int port)
    {
        RemotePort added = new(this, connection, address, port);
        lock (_gate)
        {
            if (!_isOver)
            {
                _ports.Add(added);
                return added;
            }
        }

        added.Lose(connection.Error);
        return added;
    }

    /// <summary>Takes no further note of a port.</summary>
    public void Remove(RemotePort port)
    {
        lock (_gate)
        {
            _ports.Remove(port);
        }
    }

    public void OnChannelOpen(ChannelOpening opening)
    {
        if (opening.Type != ForwardingCodec.ForwardedTcpip)
        {
            opening.Refuse(ChannelOpenFailure.UnknownChannelType, "this client only forwards ports");
            return;
        }

        if (!ForwardingCodec.TryReadOpening(opening.Data.Span, out ForwardOpening forward))
        {
            throw SshException.Protocol("The server opened a forwarded-tcpip channel without what belongs to it.");
        }

        if (Find(forward) is { } port)
        {
            port.Offer(opening, ForwardingCodec.ToPlainEndPoint(forward.Originator, forward.OriginatorPort));
        }
        else
        {
            opening.Refuse(ChannelOpenFailure.AdministrativelyProhibited, "nobody listens at that port");
        }
    }

    public void OnGlobalRequest(GlobalRequest request) => request.Answer(isDone: false);

    private async Task CloseWithAsync(ISshConnection connection)
    {
        await connection.Completion.ConfigureAwait(false);
        List<RemotePort> left;
        lock (_gate)
        {
            _isOver = true;
            left = [.. _ports];
            _ports.Clear();
        }

        left.ForEach(port => port.Lose(connection.Error));
    }

    /// <summary>The port that was asked for in these words; else the only one of that number, if the words may mean the server.</summary>
    private RemotePort? Find(ForwardOpening forward)
    {
        lock (_gate)
        {
            List<RemotePort> candidates = _ports.FindAll(port => port.Port == forward.Port);
            return candidates.Find(port => port.Address.Equals(forward.Host, StringComparison.OrdinalIgnoreCase))
                ?? (candidates.Count == 1 && ThisServer.Contains(forward.Host, StringComparer.OrdinalIgnoreCase) ? candidates[0] : null);
        }
    }
}
