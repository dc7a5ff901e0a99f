using System.Buffers;
using System.Net;
using System.Security.Authentication;

namespace GostNet.Protocols.Socks;

/// <summary>Serves SOCKS5 (RFC 1928) with GOST's commands and methods of its own: CONNECT, BIND, mbind, UDP ASSOCIATE and the UDP
/// tunnel, with or without a login (RFC 1929), with or without TLS inside (socks).</summary>
/// <remarks>
/// <para>No message is read further than it goes, so what a client sends ahead of time is kept for where it belongs.</para>
/// <para>A client that is refused is told why, as finely as the codes allow, and then gets the end of the stream; its connection is
/// kept for a moment so that it can read that (socks, sections 9 and 15).</para>
/// <para>An empty name is this machine if a client that greets as GOST does asks for it, as a GOST forward to <c>:80</c> does. From any
/// other client it is no name.</para>
/// </remarks>
internal sealed class Socks5Server : IProxyServer
{
    private readonly Func<IConnection, IMultiplexSession> _multiplex;
    private readonly Func<IConnection, CancellationToken, ValueTask<IConnection>>? _startTls;
    private readonly Socks5ServerOptions _options;
    private readonly Socks5SharedPorts _ports = new();

    /// <summary>Makes a server.</summary>
    /// <param name="multiplex">Makes the session of an mbind: the side of smux that opens connections. The session owns the client.</param>
    /// <param name="startTls">Runs the server's side of a TLS handshake inside of the client's connection, for methods 80 and 82. The
    /// result owns the connection. It throws an <see cref="IOException"/> or <see cref="AuthenticationException"/> if the client speaks no
    /// TLS. With <see langword="null"/> neither method is ever chosen: so it is to be where the connection is a stream of a multiplexed
    /// transport (socks, section 3.4).</param>
    /// <param name="options">The defaults if <see langword="null"/>.</param>
    public Socks5Server(
        Func<IConnection, IMultiplexSession> multiplex,
        Func<IConnection, CancellationToken, ValueTask<IConnection>>? startTls = null,
        Socks5ServerOptions? options = null)
    {
        _multiplex = multiplex;
        _startTls = startTls;
        _options = options ?? new();
    }

    public async Task ServeAsync(IConnection client, IProxyHost host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(host);
        var session = new Socks5ServerClient(client, host, _options);
        await using (session.ConfigureAwait(false))
        {
            try
            {
                Socks5Request request = await session.Exchange.WithinAsync(
                    _options.HandshakeTimeout, token => NegotiateAsync(session, token), cancellationToken).ConfigureAwait(false);
                await ExecuteAsync(session, request, cancellationToken).ConfigureAwait(false);
                session.Complete();
            }
            catch (ForwardException)
            {
                await session.Exchange.EndAsync(cancellationToken).ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <summary>Chooses a method among those offered (socks, sections 3.2 and 3.4). GOST looks only whether 80 was offered.</summary>
    internal static Socks5Method ChooseMethod(ReadOnlySpan<Socks5Method> offered, bool needsLogin, bool canStartTls)
    {
        if (canStartTls)
        {
            // GOST offers 80 and means 82 as well.
            if (needsLogin && offered.ContainsAny(Socks5Method.Tls, Socks5Method.TlsUserPassword))
            {
                return Socks5Method.TlsUserPassword;
            }

            if (!needsLogin && offered.Contains(Socks5Method.Tls))
            {
                return Socks5Method.Tls;
            }
        }

        Socks5Method inClear = needsLogin ? Socks5Method.UserPassword : Socks5Method.None;
        return offered.Contains(inClear) ? inClear : Socks5Method.NoneAcceptable;
    }

    private async ValueTask<Socks5Request> NegotiateAsync(Socks5ServerClient client, CancellationToken cancellationToken)
    {
        Socks5Method[] offered =
            await client.ReceiveAsync<Socks5Method[]>(Socks5Codec.ReadGreeting, "a greeting", cancellationToken).ConfigureAwait(false);
        client.IsGost = offered is [Socks5Method.None, Socks5Method.UserPassword, Socks5Method.Tls];
        Socks5Method method = ChooseMethod(offered, client.Host.Authenticator is not null, _startTls is not null);
        if (method == Socks5Method.NoneAcceptable)
        {
            ForwardException reason = client.Exchange.Failure(
                ForwardError.AuthenticationRequired, "offers no login method that is served here");
            throw await client.RefuseMethodsAsync(reason, cancellationToken).ConfigureAwait(false);
        }

        await client.SendMethodAsync(method, cancellationToken).ConfigureAwait(false);
        if (method is Socks5Method.Tls or Socks5Method.TlsUserPassword)
        {
            await StartTlsAsync(client, cancellationToken).ConfigureAwait(false);
        }

        if (method is Socks5Method.UserPassword or Socks5Method.TlsUserPassword)
        {
            await LogInAsync(client, cancellationToken).ConfigureAwait(false);
        }

        return await ReceiveRequestAsync(client, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask StartTlsAsync(Socks5ServerClient client, CancellationToken cancellationToken)
    {
        try
        {
            client.Exchange.Connection = await _startTls!(client.Connection, cancellationToken).ConfigureAwait(false);
        }
        catch (AuthenticationException e)
        {
            throw client.Exchange.Failure(ForwardError.ProtocolError, $"chose TLS and does not speak it: {e.Message}", e);
        }
    }

    private static async ValueTask LogInAsync(Socks5ServerClient client, CancellationToken cancellationToken)
    {
        NetworkCredential login = (await client.ReceiveAsync<NetworkCredential?>(
            Socks5Codec.ReadLogin, "a login", cancellationToken).ConfigureAwait(false))!;
        if (!client.Host.Authenticator!.Authenticate(login.UserName, login.Password))
        {
            ForwardException reason = client.Exchange.Failure(ForwardError.AuthenticationFailed, "gave a wrong user name or password");
            throw await client.RefuseLoginAsync(reason, cancellationToken).ConfigureAwait(false);
        }

        client.UserName = login.UserName;
        await client.AcceptLoginAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<Socks5Request> ReceiveRequestAsync(Socks5ServerClient client, CancellationToken cancellationToken)
    {
        (Socks5Request request, bool isAddressTypeKnown) = await client.ReceiveAsync<(Socks5Request, bool)>(
            ReadRequest, "a request", cancellationToken).ConfigureAwait(false);
        return isAddressTypeKnown ? request : throw await client.RefuseAsync(
            Socks5ReplyCode.AddressTypeNotSupported,
            client.Exchange.Failure(ForwardError.AddressNotSupported, "asks for an address of a type that does not exist"),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads a request whose address is of an unknown type, too, which ends there for this reader.</summary>
    private static OperationStatus ReadRequest(
        ReadOnlySpan<byte> source, out (Socks5Request Request, bool IsAddressTypeKnown) message, out int length)
    {
        OperationStatus status = Socks5Codec.ReadRequest(source, out Socks5Request request, out length);
        if (status == OperationStatus.InvalidData && source is [Socks5Codec.Version, byte command, _, _, ..])
        {
            message = (new((Socks5Command)command, null), false);
            length = 4;
            return OperationStatus.Done;
        }

        message = (request, true);
        return status;
    }

    private async ValueTask ExecuteAsync(Socks5ServerClient client, Socks5Request request, CancellationToken cancellationToken)
    {
        Func<HostEndPoint, Task>? execute = request.Command switch
        {
            Socks5Command.Connect => address => ConnectAsync(client, address, cancellationToken),
            Socks5Command.Bind => address => Socks5ServerBind.RunAsync(client, request with { Address = address }, _ports, cancellationToken),
            Socks5Command.MuxBind => address =>
                new Socks5ServerMuxBind(client, _multiplex).RunAsync(request with { Address = address }, _ports, cancellationToken),
            Socks5Command.UdpAssociate => _ => Socks5ServerAssociation.RunAsync(client, cancellationToken),
            Socks5Command.UdpTunnel => address => Socks5ServerTunnel.RunAsync(client, address, cancellationToken),
            _ => null,
        };
        if (execute is null)
        {
            ForwardException reason = client.Exchange.Failure(
                ForwardError.CommandNotSupported, $"asks for command {(byte)request.Command:x2} (hex), which does not exist");
            throw await client.RefuseAsync(Socks5ReplyCode.CommandNotSupported, reason, cancellationToken).ConfigureAwait(false);
        }

        HostEndPoint? address = request.Address;
        if (!client.IsAddress(address) || (address.Port == 0 && request.Command == Socks5Command.Connect))
        {
            ForwardException reason = client.Exchange.Failure(
                ForwardError.AddressNotSupported, $"asks for {address?.ToString() ?? "a name"}, which is no address");
            throw await client.RefuseAsync(Socks5ReplyCode.HostUnreachable, reason, cancellationToken).ConfigureAwait(false);
        }

        await execute(address).ConfigureAwait(false);
    }

    private static async Task ConnectAsync(Socks5ServerClient client, HostEndPoint address, CancellationToken cancellationToken)
    {
        IConnection target = await client.OpenAsync(
            client.Host.DialAsync(address, cancellationToken), Socks5ServerReplies.ForConnect, cancellationToken).ConfigureAwait(false);
        IConnection relayed;
        try
        {
            await client.ReplyAsync(bound: null, cancellationToken).ConfigureAwait(false); // GOST never tells the address
            relayed = await client.HoldBackAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            target.Abort();
            await target.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        await client.Host.RelayAsync(relayed, target, address).ConfigureAwait(false);
    }
}
