using System.Net;
using GostNet.Internal;

namespace GostNet.Protocols.Socks;

/// <summary>BIND: one port, one peer (socks, section 6). The request tells where to listen, as GOST has it; RFC 1928 would have it tell
/// who is to connect.</summary>
internal static class Socks5ServerBind
{
    /// <summary>How many bytes of a client are kept that comes before its peer.</summary>
    private const int EarlyBytes = 64 * 1024;

    public static async Task RunAsync(
        Socks5ServerClient client, Socks5Request request, Socks5SharedPorts ports, CancellationToken cancellationToken)
    {
        IListener listener = await ListenAsync(client, request, ports, cancellationToken).ConfigureAwait(false);
        IConnection peer;
        ReadAheadConnection ahead;
        await using (listener.ConfigureAwait(false))
        {
            await client.ReplyBoundAsync(listener.LocalEndPoint, cancellationToken).ConfigureAwait(false);
            ahead = ReadAheadConnection.Start(client.Connection, EarlyBytes);

            // A GOST client that gets both replies at once loses the second (gost-nodes, section 6, D2).
            await client.HoldBackAsync(ahead.Readable, cancellationToken).ConfigureAwait(false);
            peer = await AcceptAsync(client, listener, ahead.Ended, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            await client.ReplyAsync(
                peer.RemoteEndPoint is IPEndPoint from ? Socks5ServerClient.ToHostEndPoint(from) : null,
                cancellationToken).ConfigureAwait(false);
            await client.HoldBackAsync(ahead.Readable, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            peer.Abort();
            await peer.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        await client.Host.RelayPeerAsync(peer, ahead).ConfigureAwait(false);
    }

    /// <summary>Listens where a client wants to, or tells it that it cannot.</summary>
    public static ValueTask<IListener> ListenAsync(
        Socks5ServerClient client, Socks5Request request, Socks5SharedPorts ports, CancellationToken cancellationToken)
    {
        HostEndPoint address = ToListen(request.Address!);
        ValueTask<IListener> listening = request.Share == 0
            ? client.Host.ListenAsync(address, cancellationToken)
            : ports.ListenAsync(
                new(address, request.Share, client.UserName, (client.Connection.RemoteEndPoint as IPEndPoint)?.Address),
                () => client.Host.ListenAsync(address, cancellationToken));
        return client.OpenAsync(listening, Socks5ServerReplies.ForListening, cancellationToken);
    }

    /// <summary>0.0.0.0 and :: are every interface, IPv4 and IPv6.</summary>
    public static HostEndPoint ToListen(HostEndPoint address) =>
        address.TryGetAddress(out IPAddress? ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any))
            ? new HostEndPoint("", address.Port)
            : address;

    private static async ValueTask<IConnection> AcceptAsync(
        Socks5ServerClient client, IListener listener, Task clientEnded, CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<IConnection?> accepting = listener.AcceptAsync(waiting.Token).AsTask();
        if (await Task.WhenAny(accepting, clientEnded).ConfigureAwait(false) == accepting)
        {
            return await accepting.ConfigureAwait(false)
                ?? throw client.Exchange.Failure(ForwardError.ConnectionClosed, "waits at a port that is no longer open");
        }

        await waiting.CancelAsync().ConfigureAwait(false);
        await ((Task)accepting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (accepting is { IsCompletedSuccessfully: true, Result: { } late })
        {
            late.Abort();
            await late.DisposeAsync().ConfigureAwait(false);
        }

        throw client.Exchange.Failure(ForwardError.ConnectionClosed, "ended the connection before anybody came to its port");
    }
}
