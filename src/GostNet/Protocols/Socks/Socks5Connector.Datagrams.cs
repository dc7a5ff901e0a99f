using System.Net;
using GostNet.Diagnostics;

namespace GostNet.Protocols.Socks;

/// <content>Datagrams (socks, section 8).</content>
internal sealed partial class Socks5Connector
{
    private static readonly HostEndPoint AnyPort = new("0.0.0.0", 0);

    /// <inheritdoc/>
    /// <remarks>A name goes into the frames as it is, and the node resolves it, as it does for CONNECT: it may be one that only the node
    /// knows, and asking for it here would be traffic past the chain. A node that cannot resolve it drops the datagrams.</remarks>
    public async ValueTask<IDatagramSocket> ConnectDatagramsAsync(
        Func<CancellationToken, ValueTask<IConnection>> openNode, HostEndPoint target, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(openNode);
        ArgumentNullException.ThrowIfNull(target);
        var source = new Socks5Source(target);
        ForwardException? tunnelRefusal = null;
        if (!_tunnel.IsUnknown)
        {
            Socks5Answer answer =
                await AskAsync(openNode, Socks5Command.UdpTunnel, AnyPort, cancellationToken, target: target).ConfigureAwait(false);
            tunnelRefusal = answer.Refusal;
            if (tunnelRefusal is null)
            {
                return new Socks5TunnelSocket(new Socks5Tunnel(answer, _settings.LargeDatagrams), source);
            }

            if (!answer.MayNotKnow)
            {
                throw tunnelRefusal;
            }
        }

        if (_settings.DatagramDialer is null)
        {
            throw Missing(
                target,
                tunnelRefusal ?? new ForwardException(
                    ForwardError.CommandNotSupported, $"SOCKS5 proxy {_node} does not know {NameOf(Socks5Command.UdpTunnel)}"),
                null,
                "datagrams cannot go through it: the standard's UDP ASSOCIATE would send them to it directly, past the nodes before it");
        }

        Socks5Answer association =
            await AskAsync(openNode, Socks5Command.UdpAssociate, AnyPort, cancellationToken, target: target).ConfigureAwait(false);
        if (association.Refusal is { } refusal)
        {
            _tunnel.Forget();
            throw association.MayNotKnow ? Missing(target, refusal, tunnelRefusal, "it cannot carry datagrams, or must not") : refusal;
        }

        if (tunnelRefusal is not null && _tunnel.Remember())
        {
            _settings.Logger.CommandReplaced(
                _node, NameOf(Socks5Command.UdpTunnel), NameOf(Socks5Command.UdpAssociate), tunnelRefusal.Message);
        }

        try
        {
            IDatagramSocket relay =
                await _settings.DatagramDialer.DialAsync(FindRelay(association), cancellationToken).ConfigureAwait(false);
            return new Socks5AssociationSocket(association, relay, source);
        }
        catch
        {
            await association.Connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask<IDatagramListener> ListenDatagramsAsync(
        Func<CancellationToken, ValueTask<IConnection>> openNode, HostEndPoint endPoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(openNode);
        ArgumentNullException.ThrowIfNull(endPoint);
        HostEndPoint asked = ToBindAddress(endPoint);
        Socks5Answer answer = await AskAsync(openNode, Socks5Command.UdpTunnel, asked, cancellationToken).ConfigureAwait(false);
        if (answer.Refusal is { } refusal)
        {
            // GOST closes the connection too, if the port is taken or forbidden (socks, section 8.2).
            throw answer.MayNotKnow ? Missing(asked, refusal, null, refusal.Error == ForwardError.CommandNotSupported
                ? "it cannot listen for datagrams; GOST and GostNet can"
                : "it cannot listen for datagrams, or must not, or the port is taken there") : refusal;
        }

        var bound = new HostEndPoint(asked.Host, answer.Bound!.Port);
        return new Socks5TunnelListener(
            new Socks5Tunnel(answer, _settings.LargeDatagrams),
            bound,
            peer => _settings.Logger.PeerAddressUnknown(_node, bound.ToString(), peer.ToString()!));
    }

    /// <summary>Where the relay of an association is. A server that does not say at which address means the one it was reached at.</summary>
    private static HostEndPoint FindRelay(Socks5Answer association)
    {
        HostEndPoint? bound = association.Bound;
        bool isSpecified = bound is { Host.Length: > 0, Port: > 0 }
            && !(bound.TryGetAddress(out IPAddress? address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)));
        return isSpecified ? bound!
            : bound is { Port: > 0 } && association.Connection.RemoteEndPoint is IPEndPoint server
                ? new(server.Address.ToString(), bound.Port)
            : throw association.Exchange.Failure(ForwardError.ProtocolError, "does not tell where its UDP relay is");
    }
}
