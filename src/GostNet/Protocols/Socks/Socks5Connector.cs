using System.Globalization;
using System.Net;

namespace GostNet.Protocols.Socks;

/// <summary>The client side of SOCKS5 (RFC 1928), with or without a login (RFC 1929), and of what GOST adds to it: TLS within, a
/// multiplexed BIND, and UDP over TCP.</summary>
/// <remarks>
/// <para>Each message waits for the answer to the one before it, because GOST loses what arrives early, and no answer is read
/// further than it goes (socks, section 2).</para>
/// <para>OpenSSH as a SOCKS server closes the connection, without a reply, when the target refuses (socks, section 13). That looks
/// like a failure of the node, and is reported as one: <see cref="ForwardError.ConnectionClosed"/>.</para>
/// </remarks>
internal sealed partial class Socks5Connector : IBindConnector, IDatagramConnector
{
    private readonly string _node;
    private readonly Socks5ConnectorSettings _settings;
    private readonly Socks5Method[] _offered;
    private readonly byte[] _greeting;
    private readonly byte[]? _login;
    private readonly Socks5Memory _muxBind;
    private readonly Socks5Memory _tunnel;

    /// <summary>Makes the connector of one node.</summary>
    /// <param name="node">What messages and exceptions call the node.</param>
    /// <param name="credential">The login, or <see langword="null"/> to offer none.</param>
    /// <param name="settings">Everything else; the defaults if <see langword="null"/>.</param>
    /// <exception cref="ArgumentException">The user name or the password is longer than 255 bytes of UTF-8, or TLS is required and not
    /// there.</exception>
    public Socks5Connector(string node, NetworkCredential? credential = null, Socks5ConnectorSettings? settings = null)
    {
        _node = node;
        _settings = settings ?? new();
        _muxBind = new(_settings.Time);
        _tunnel = new(_settings.Time);
        Span<byte> buffer = stackalloc byte[Socks5Codec.MaxMessageLength];
        if (credential is not null)
        {
            ThrowIfTooLong(credential.UserName, "user name");
            ThrowIfTooLong(credential.Password, "password");
            _login = buffer[..Socks5Codec.WriteLogin(buffer, credential)].ToArray();
        }

        if (_settings is { RequireTls: true, StartTls: null })
        {
            throw new ArgumentException("TLS is required of a SOCKS5 server that it is not offered to.", nameof(settings));
        }

        _offered = ChooseOffer(_settings, hasLogin: credential is not null);
        _greeting = buffer[..Socks5Codec.WriteGreeting(buffer, _offered)].ToArray();

        static void ThrowIfTooLong(string text, string what)
        {
            if (!Socks5Codec.Fits(text))
            {
                throw new ArgumentException(
                    $"The {what} is longer than the {Socks5Codec.MaxStringLength} bytes that a SOCKS5 login carries.", nameof(credential));
            }
        }
    }

    public async ValueTask<IConnection> ConnectAsync(IConnection node, HostEndPoint target, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(target);
        Socks5Answer answer = await RequestAsync(node, Socks5Command.Connect, target, share: 0, target, cancellationToken).ConfigureAwait(false);
        if (answer.Refusal is not { } refusal)
        {
            return answer.Connection;
        }

        await ReleaseLayerAsync(answer.Connection, node).ConfigureAwait(false);
        throw refusal;
    }

    /// <summary>What is offered: what can be served, and where TLS is wanted what GOST's client always offers. Where it is required,
    /// nothing is offered that would end in a refusal.</summary>
    private static Socks5Method[] ChooseOffer(Socks5ConnectorSettings settings, bool hasLogin) => (settings, hasLogin) switch
    {
        ({ RequireTls: true }, true) => [Socks5Method.Tls, Socks5Method.TlsUserPassword],
        ({ RequireTls: true }, false) => [Socks5Method.Tls],
        ({ StartTls: not null }, _) => [Socks5Method.None, Socks5Method.UserPassword, Socks5Method.Tls],
        (_, true) => [Socks5Method.None, Socks5Method.UserPassword],
        _ => [Socks5Method.None],
    };

    private static ForwardException Refused(NodeExchange exchange, Socks5ReplyCode code, Socks5Command command)
    {
        (ForwardError error, string meaning, bool isTargetFault) = code switch
        {
            Socks5ReplyCode.GeneralFailure => (ForwardError.ProxyFailure, "general failure", false),
            Socks5ReplyCode.NotAllowed => (ForwardError.Forbidden, "not allowed by its rules", false),
            Socks5ReplyCode.NetworkUnreachable => (ForwardError.NetworkUnreachable, "network unreachable", true),
            Socks5ReplyCode.HostUnreachable => (ForwardError.HostUnreachable, "host unreachable", true),
            Socks5ReplyCode.ConnectionRefused => (ForwardError.ConnectionRefused, "connection refused", true),
            Socks5ReplyCode.TtlExpired => (ForwardError.TimedOut, "TTL expired", true),
            Socks5ReplyCode.CommandNotSupported => (ForwardError.CommandNotSupported, "command not supported", false),
            Socks5ReplyCode.AddressTypeNotSupported => (ForwardError.AddressNotSupported, "address type not supported", false),
            _ => (ForwardError.ProtocolError, "a code that does not exist", false),
        };

        // GOST's word for a port that it cannot listen on.
        if (code == Socks5ReplyCode.GeneralFailure && command is not Socks5Command.Connect)
        {
            meaning += "; the port may be taken there, or the address be none of its own";
        }

        bool isConnect = command == Socks5Command.Connect;
        string to = isConnect ? "" : $" to {NameOf(command)}";
        return exchange.Failure(
            error, string.Create(CultureInfo.InvariantCulture, $"replied {(byte)code}{to}: {meaning}"), isTargetFault && isConnect);
    }

    /// <summary>Closes the TLS layer that a failure has made useless, and with it what it lies on. The node's connection is still the
    /// caller's to dispose of, which then has nothing left to do.</summary>
    private static ValueTask ReleaseLayerAsync(IConnection connection, IConnection node) =>
        connection == node ? ValueTask.CompletedTask : connection.DisposeAsync();

    private static string NameOf(Socks5Command command) => command switch
    {
        Socks5Command.Connect => "CONNECT",
        Socks5Command.Bind => "BIND (command 02)",
        Socks5Command.UdpAssociate => "UDP ASSOCIATE (command 03)",
        Socks5Command.MuxBind => "GOST's multiplexed BIND (command F2)",
        _ => "GOST's UDP tunnel (command F3)",
    };

    /// <summary>Negotiates with the node, sends one request and reads the reply to it. Throws for whatever comes before the reply.</summary>
    /// <param name="node">A fresh connection.</param>
    /// <param name="command">What is asked for.</param>
    /// <param name="address">The address in the request.</param>
    /// <param name="share">The number of those who share the port, or 0.</param>
    /// <param name="target">The address in failures.</param>
    /// <param name="cancellationToken">Gives up.</param>
    private async ValueTask<Socks5Answer> RequestAsync(
        IConnection node,
        Socks5Command command,
        HostEndPoint address,
        byte share,
        HostEndPoint target,
        CancellationToken cancellationToken)
    {
        string words = command switch
        {
            Socks5Command.Connect => "asked for",
            Socks5Command.Bind or Socks5Command.MuxBind => "asked to listen at",
            _ when address == target => "asked for datagrams at",
            _ => "asked for datagrams to and from",
        };
        byte[] request = new byte[Socks5Codec.MaxMessageLength];
        int requestLength = Socks5Codec.WriteRequest(request, command, address, share);
        byte[] answer = new byte[Socks5Codec.MaxMessageLength];
        IConnection connection = node;
        try
        {
            NodeExchange exchange = new("SOCKS5", _node, target, node.Stream, words);
            Socks5Method method = await ChooseMethodAsync(exchange, answer, cancellationToken).ConfigureAwait(false);
            if (method is Socks5Method.Tls or Socks5Method.TlsUserPassword)
            {
                connection = await StartTlsAsync(exchange, node, cancellationToken).ConfigureAwait(false);
                exchange = new("SOCKS5", _node, target, connection.Stream, words);
            }

            if (method is Socks5Method.UserPassword or Socks5Method.TlsUserPassword)
            {
                await LogInAsync(exchange, answer, cancellationToken).ConfigureAwait(false);
            }

            await exchange.SendAsync(request.AsMemory(0, requestLength), cancellationToken).ConfigureAwait(false);
            Socks5Reply reply;
            try
            {
                reply = await exchange.ReceiveAsync<Socks5Reply>(
                    answer, Socks5Codec.ReadReply, $"the reply to {NameOf(command)}", cancellationToken).ConfigureAwait(false);
            }
            catch (ForwardException e) when (e.Error == ForwardError.ConnectionClosed)
            {
                return new(connection, exchange, null, e);
            }

            return new(
                connection, exchange, reply.Bound, reply.Code == Socks5ReplyCode.Succeeded ? null : Refused(exchange, reply.Code, command));
        }
        catch
        {
            await ReleaseLayerAsync(connection, node).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Has the server choose a login method; only one that was offered is taken.</summary>
    private async ValueTask<Socks5Method> ChooseMethodAsync(NodeExchange exchange, byte[] answer, CancellationToken cancellationToken)
    {
        await exchange.SendAsync(_greeting, cancellationToken).ConfigureAwait(false);
        Socks5Method method = await exchange.ReceiveAsync<Socks5Method>(
            answer, Socks5Codec.ReadMethod, "the choice of a login method", cancellationToken).ConfigureAwait(false);

        // GOST answers 82 to an offer of 80 (socks, section 3.2).
        bool isOffered = _offered.Contains(method) || (method == Socks5Method.TlsUserPassword && _offered.Contains(Socks5Method.Tls));
        if (_settings.RequireTls && !isOffered && method is Socks5Method.None or Socks5Method.UserPassword or Socks5Method.NoneAcceptable)
        {
            throw exchange.Failure(
                ForwardError.TlsFailed,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"does not do TLS within SOCKS5, which is required (it chose method {(byte)method:x2})"));
        }

        if (method == Socks5Method.NoneAcceptable)
        {
            throw exchange.Failure(ForwardError.AuthenticationRequired, _login is null
                ? $"does not serve without a login, and none is configured (offered: {Join(_offered)})"
                : $"takes neither a login by user name and password nor none (offered: {Join(_offered)})");
        }

        if (!isOffered && method == Socks5Method.UserPassword)
        {
            throw LoginMissing(exchange);
        }

        // GOST's client would go on as if nothing had been asked of it (socks, section 3.3).
        return isOffered ? method : throw exchange.Failure(
            ForwardError.ProtocolError,
            string.Create(CultureInfo.InvariantCulture, $"chose login method {(byte)method:x2}, which was not offered"));

        static string Join(Socks5Method[] methods)
        {
            string[] names = [.. methods.Select(m => ((byte)m).ToString("x2", CultureInfo.InvariantCulture))];
            return names.Length == 1 ? $"method {names[0]}" : $"methods {string.Join(", ", names[..^1])} and {names[^1]}";
        }
    }

    private static ForwardException LoginMissing(NodeExchange exchange) =>
        exchange.Failure(ForwardError.AuthenticationRequired, "wants a user name and a password, and none are configured");

    private async ValueTask<IConnection> StartTlsAsync(NodeExchange exchange, IConnection node, CancellationToken cancellationToken)
    {
        try
        {
            return await _settings.StartTls!(node, cancellationToken).ConfigureAwait(false);
        }
        catch (ForwardException e)
        {
            throw exchange.Failure(e.Error, $"did not get to TLS: {e.Message.TrimEnd('.')}", innerException: e);
        }
    }

    private async ValueTask LogInAsync(NodeExchange exchange, byte[] answer, CancellationToken cancellationToken)
    {
        await exchange.SendAsync(_login ?? throw LoginMissing(exchange), cancellationToken).ConfigureAwait(false);
        byte status = await exchange.ReceiveAsync<byte>(
            answer, Socks5Codec.ReadLoginStatus, "the answer to the login", cancellationToken).ConfigureAwait(false);
        if (status != 0)
        {
            throw exchange.Failure(
                ForwardError.AuthenticationFailed,
                string.Create(CultureInfo.InvariantCulture, $"rejected the user name or password with status {status}"));
        }
    }
}
