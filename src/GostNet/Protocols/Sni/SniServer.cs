using System.Buffers;
using System.Net;
using System.Text;
using GostNet.Internal;
using GostNet.Internal.Tls;

namespace GostNet.Protocols.Sni;

/// <summary>An SNI proxy: the client speaks TLS or HTTP as if to the target, and what it says first tells who that is (proxies,
/// section 3). TLS is not ended here.</summary>
/// <remarks>A ClientHello has no login in it. Where one is asked for, only HTTP can give it, and TLS is refused.</remarks>
internal sealed class SniServer : IProxyServer
{
    private const int InitialLength = 2 * 1024;

    private readonly IProxyServer _http;
    private readonly SniSettings _settings;

    /// <summary>Makes a server.</summary>
    /// <param name="http">Serves clients that do not begin with TLS; it takes the target from the Host field.</param>
    /// <param name="settings">The options.</param>
    public SniServer(IProxyServer http, SniSettings settings)
    {
        _http = http;
        _settings = settings;
    }

    public async Task ServeAsync(IConnection client, IProxyHost host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(host);
        IProxyHost guarded = _settings.AllowsPrivateTargets
            ? host
            : new PublicTargetsHost(host, (client.LocalEndPoint as IPEndPoint)?.Address, _settings.Resolve);
        ClientExchange exchange = new("SNI", client, host.Time);
        (byte[] received, string? name) = await exchange.WithinAsync(
            _settings.HandshakeTimeout, token => ReadFirstAsync(exchange, token), cancellationToken).ConfigureAwait(false);
        client = PrefixedConnection.Create(received, client);
        if (name is null)
        {
            await _http.ServeAsync(client, guarded, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (host.Authenticator is not null)
        {
            throw exchange.Failure(ForwardError.AuthenticationRequired, "speaks TLS, which cannot carry the login that is asked for");
        }

        HostEndPoint target = new(name, _settings.TargetPort);
        IConnection connection = await guarded.DialAsync(target, cancellationToken).ConfigureAwait(false);
        await guarded.RelayAsync(client, connection, target).ConfigureAwait(false);
    }

    /// <summary>Reads up to the end of the ClientHello, or one byte or more of something else.</summary>
    /// <returns>What the target is to read first, and its name; <see langword="null"/> if it is not TLS.</returns>
    private static async ValueTask<(byte[] Received, string? Name)> ReadFirstAsync(
        ClientExchange exchange, CancellationToken cancellationToken)
    {
        Stream stream = exchange.Connection.Stream;
        await stream.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false); // holds no buffer for a silent client
        byte[] buffer = new byte[InitialLength];
        byte[] message = [];
        int count = 0;
        int needed = 0;
        while (true)
        {
            int more = await stream.ReadAsync(buffer.AsMemory(count), cancellationToken).ConfigureAwait(false);
            if (more == 0)
            {
                throw exchange.Failure(
                    ForwardError.ConnectionClosed,
                    count == 0 ? "ended the connection without a word" : "ended the connection within its ClientHello");
            }

            count += more;
            if (buffer[0] != TlsRecord.Handshake)
            {
                return (buffer[..count], null);
            }

            if (count == buffer.Length)
            {
                Array.Resize(ref buffer, 2 * count);
            }

            if (count < needed)
            {
                continue;
            }

            message = message.Length < count ? new byte[buffer.Length] : message;
            OperationStatus status = SniCodec.ReadMessage(buffer.AsSpan(0, count), message, out int length, out needed);
            if (status == OperationStatus.Done)
            {
                return Restore(exchange, buffer.AsSpan(0, count), message.AsSpan(0, length), needed);
            }

            if (status == OperationStatus.InvalidData)
            {
                throw exchange.Failure(ForwardError.ProtocolError, "sent something else than a ClientHello of TLS");
            }
        }
    }

    /// <summary>Takes out what a client of ours or GOST's has put in.</summary>
    private static (byte[] Received, string? Name) Restore(
        ClientExchange exchange, ReadOnlySpan<byte> received, ReadOnlySpan<byte> message, int consumed)
    {
        if (!SniCodec.TryReadNames(message, out string? name, out string? hidden))
        {
            throw exchange.Failure(ForwardError.ProtocolError, "sent a ClientHello that is malformed");
        }

        if (hidden is null)
        {
            return (received.ToArray(), name ?? throw exchange.Failure(
                ForwardError.ProtocolError, "sent a ClientHello without a server name"));
        }

        byte[] restored = new byte[message.Length + SniCodec.MaxGrowth];
        int length = SniCodec.Rewrite(
            message, TlsRecord.ReadHeader(received).Version, Encoding.ASCII.GetBytes(hidden), hidden: default, restored);
        return ([.. restored.AsSpan(0, length), .. received[consumed..]], hidden);
    }
}
