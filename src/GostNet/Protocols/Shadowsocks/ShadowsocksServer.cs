using System.Buffers;
using System.Net;
using GostNet.Diagnostics;
using GostNet.Protocols.Socks;
using Microsoft.Extensions.Logging;

namespace GostNet.Protocols.Shadowsocks;

/// <summary>Serves Shadowsocks: whoever knows the key is connected to what it asks for (proxies, section 5.4).</summary>
/// <remarks>
/// <para>It answers nothing of its own. A client that does not know the key, repeats what was recorded, or asks for what it cannot have, is
/// read from and not answered, as one that has not yet said enough, and sees the end of the connection when its time is over: nothing tells
/// them apart (proxies, section 5.6). Only a client that ends its own direction sees the end at once. A target that exists and does not
/// let itself be reached ends the connection at once, as the protocol has it.</para>
/// <para>It logs whom it ignores, each address once.</para>
/// </remarks>
internal sealed class ShadowsocksServer : IProxyServer
{
    private const int MaxDiscarded = 16 * 1024 * 1024;
    private const int MaxLogged = 1024;

    private readonly ShadowsocksKey _key;
    private readonly ShadowsocksReplayFilter _filter;
    private readonly TimeSpan _handshakeTimeout;
    private readonly ILogger _logger;
    private readonly HashSet<IPAddress> _logged = [];

    /// <summary>Makes a server.</summary>
    /// <param name="key">The key.</param>
    /// <param name="filter">Knows what came before with this key, by whatever way.</param>
    /// <param name="handshakeTimeout">How long a client may take until it has said what it wants; also how long one is ignored.</param>
    /// <param name="logger">The log.</param>
    public ShadowsocksServer(ShadowsocksKey key, ShadowsocksReplayFilter filter, TimeSpan handshakeTimeout, ILogger logger)
    {
        _key = key;
        _filter = filter;
        _handshakeTimeout = handshakeTimeout;
        _logger = logger;
    }

    public bool LogsRejections => true;

    public async Task ServeAsync(IConnection client, IProxyHost host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(host);
        long began = host.Time.GetTimestamp();
        var connection = ShadowsocksConnection.Accept(client, _key, host.Time);
        await using (connection.ConfigureAwait(false))
        {
            ClientExchange exchange = new("Shadowsocks", client, host.Time) { Connection = connection };
            HostEndPoint address;
            try
            {
                address = await exchange.WithinAsync(
                    _handshakeTimeout, token => ReadAddressAsync(connection, exchange, token), cancellationToken).ConfigureAwait(false);
            }
            catch (ForwardException e)
            {
                Log(client, e);
                await IgnoreAsync(
                    client, host.Time, e.Error == ForwardError.ConnectionClosed ? null : began, cancellationToken).ConfigureAwait(false);
                throw;
            }

            IConnection target;
            try
            {
                target = await host.DialAsync(address, cancellationToken).ConfigureAwait(false);
            }
            catch (ForwardException e)
            {
                bool isHopeless = e.Error is ForwardError.Forbidden or ForwardError.NameNotResolved or ForwardError.AddressNotSupported;
                if (isHopeless)
                {
                    Log(client, e);
                }

                await IgnoreAsync(client, host.Time, isHopeless ? began : null, cancellationToken).ConfigureAwait(false);
                throw;
            }

            await host.RelayAsync(connection, target, address).ConfigureAwait(false);
        }
    }

    private async ValueTask<HostEndPoint> ReadAddressAsync(
        ShadowsocksConnection connection, ClientExchange exchange, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[Socks5Address.MaxLength];
        HostEndPoint? address = await exchange.ReceiveAsync<HostEndPoint?>(
            Socks5Address.Read, buffer, "an address", cancellationToken).ConfigureAwait(false);
        return !_filter.TryAdd(connection.PeerSalt)
                ? throw exchange.Failure(ForwardError.AuthenticationFailed, "repeats a salt or IV that was used before")
            : address is not { Port: > 0, Host.Length: > 0 }
                ? throw exchange.Failure(
                    ForwardError.AddressNotSupported, $"asks for {address?.ToString() ?? "a name"}, which is no address")
            : address;
    }

    /// <summary>Reads on and answers nothing until the client's time is over, and then ends the connection in order.</summary>
    /// <param name="client">The client.</param>
    /// <param name="time">The clock.</param>
    /// <param name="began">When its time began; <see langword="null"/> if it is over.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    private async ValueTask IgnoreAsync(IConnection client, TimeProvider time, long? began, CancellationToken cancellationToken)
    {
        TimeSpan left = began is not { } stamp ? TimeSpan.Zero
            : _handshakeTimeout == Timeout.InfiniteTimeSpan ? _handshakeTimeout
            : _handshakeTimeout - time.GetElapsedTime(stamp);
        try
        {
            if (left > TimeSpan.Zero || left == Timeout.InfiniteTimeSpan)
            {
                using var limit = new CancellationTokenSource(left, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
                await DiscardAsync(client.Stream, time, either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Its time is over.
        }
        catch (IOException)
        {
            return; // it has gone
        }

        try
        {
            await client.CompleteWritesAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // It has gone.
        }
    }

    private static async ValueTask DiscardAsync(Stream stream, TimeProvider time, CancellationToken cancellationToken)
    {
        int left = MaxDiscarded;
        while (left > 0)
        {
            await stream.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false); // silence costs no buffer
            byte[] buffer = ArrayPool<byte>.Shared.Rent(4096);
            try
            {
                int count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
                if (count == 0)
                {
                    return;
                }

                left -= count;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken).ConfigureAwait(false);
    }

    private void Log(IConnection client, ForwardException reason)
    {
        bool isNew;
        lock (_logged)
        {
            if (_logged.Count == MaxLogged)
            {
                _logged.Clear();
            }

            isNew = client.RemoteEndPoint is not IPEndPoint { Address: { } address } || _logged.Add(address);
        }

        if (isNew)
        {
            _logger.ClientIgnored(reason.Message);
        }
    }
}
