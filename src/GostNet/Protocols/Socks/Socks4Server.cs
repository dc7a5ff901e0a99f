using System.Buffers;

namespace GostNet.Protocols.Socks;

/// <summary>Serves SOCKS4 and SOCKS4a: CONNECT and nothing else (socks, section 10).</summary>
/// <remarks>The protocol has no password, so where there is an <see cref="IProxyHost.Authenticator"/> everybody is refused.</remarks>
internal sealed class Socks4Server : IProxyServer
{
    private readonly TimeSpan _handshakeTimeout;

    /// <summary>Makes a server.</summary>
    /// <param name="handshakeTimeout">How long a client may take for its request; 10 seconds if <see langword="null"/>.</param>
    public Socks4Server(TimeSpan? handshakeTimeout = null) => _handshakeTimeout = handshakeTimeout ?? TimeSpan.FromSeconds(10);

    public async Task ServeAsync(IConnection client, IProxyHost host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(host);
        ClientExchange exchange = new("SOCKS4", client, host.Time);
        byte[] buffer = new byte[Socks4Codec.MaxMessageLength];
        try
        {
            Socks4Request request = await exchange.WithinAsync(
                _handshakeTimeout,
                token => exchange.ReceiveAsync<Socks4Request>(Socks4Codec.ReadRequest, buffer, "a request", token),
                cancellationToken).ConfigureAwait(false);
            if (Check(exchange, request, host) is var (code, reason))
            {
                throw await RefuseAsync(code, reason).ConfigureAwait(false);
            }

            await ConnectAsync(request.Address!).ConfigureAwait(false);
        }
        catch (ForwardException)
        {
            await exchange.EndAsync(cancellationToken).ConfigureAwait(false);
            throw;
        }

        async ValueTask ConnectAsync(HostEndPoint address)
        {
            IConnection target;
            try
            {
                target = await host.DialAsync(address, cancellationToken).ConfigureAwait(false);
            }
            catch (ForwardException e)
            {
                throw await RefuseAsync(e.Error == ForwardError.Forbidden ? Socks4ReplyCode.Denied : Socks4ReplyCode.Failed, e)
                    .ConfigureAwait(false);
            }

            try
            {
                await exchange.SendAsync(Reply(Socks4ReplyCode.Granted), cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                target.Abort();
                await target.DisposeAsync().ConfigureAwait(false);
                throw;
            }

            await host.RelayAsync(client, target, address).ConfigureAwait(false);
        }

        ValueTask<ForwardException> RefuseAsync(Socks4ReplyCode code, ForwardException reason) =>
            exchange.RefuseAsync(Reply(code), reason, cancellationToken);

        ReadOnlyMemory<byte> Reply(Socks4ReplyCode code) => buffer.AsMemory(0, Socks4Codec.WriteReply(buffer, code));
    }

    /// <summary>Says why a request is not served, if it is not.</summary>
    private static (Socks4ReplyCode Code, ForwardException Reason)? Check(
        ClientExchange exchange, Socks4Request request, IProxyHost host) =>
        host.Authenticator is not null
            ? (Socks4ReplyCode.Denied, exchange.Failure(ForwardError.AuthenticationRequired, "has no way to log in, and has to"))
        : request.Command == Socks4Command.Bind
            ? (Socks4ReplyCode.Denied, exchange.Failure(ForwardError.CommandNotSupported, "asks for BIND, which is not served"))
        : request.Command != Socks4Command.Connect
            ? (Socks4ReplyCode.Failed, exchange.Failure(ForwardError.CommandNotSupported, "asks for a command that does not exist"))
        : request.Address is not { Port: > 0, Host.Length: > 0 }
            ? (Socks4ReplyCode.Failed, exchange.Failure(
                ForwardError.AddressNotSupported, $"asks for {request.Address?.ToString() ?? "a name"}, which is no address"))
        : null;
}
