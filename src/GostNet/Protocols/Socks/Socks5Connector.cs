using System.Globalization;
using System.Net;
using System.Text;

namespace GostNet.Protocols.Socks;

/// <summary>Asks a SOCKS5 server for a connection (RFC 1928, CONNECT), with or without a login (RFC 1929).</summary>
/// <remarks>
/// <para>Each message waits for the answer to the one before it, because GOST loses what arrives early, and no answer is read
/// further than it goes (socks, section 2).</para>
/// <para>OpenSSH as a SOCKS server closes the connection, without a reply, when the target refuses (socks, section 13). That looks
/// like a failure of the node, and is reported as one: <see cref="ForwardError.ConnectionClosed"/>.</para>
/// </remarks>
internal sealed class Socks5Connector : IConnector
{
    private readonly string _node;
    private readonly byte[] _greeting;
    private readonly byte[]? _login;

    /// <summary>Makes the connector of one node.</summary>
    /// <param name="node">What messages and exceptions call the node.</param>
    /// <param name="credential">The login, or <see langword="null"/> to offer none.</param>
    /// <exception cref="ArgumentException">The user name or the password is longer than 255 bytes of UTF-8.</exception>
    public Socks5Connector(string node, NetworkCredential? credential = null)
    {
        _node = node;
        Span<byte> buffer = stackalloc byte[Socks5Codec.MaxMessageLength];
        ReadOnlySpan<Socks5Method> offered = [Socks5Method.None, Socks5Method.UserPassword];
        if (credential is not null)
        {
            ThrowIfTooLong(credential.UserName, "user name");
            ThrowIfTooLong(credential.Password, "password");
            _login = buffer[..Socks5Codec.WriteLogin(buffer, credential)].ToArray();
        }

        _greeting = buffer[..Socks5Codec.WriteGreeting(buffer, credential is null ? offered[..1] : offered)].ToArray();

        static void ThrowIfTooLong(string text, string what)
        {
            if (Encoding.UTF8.GetByteCount(text) > Socks5Codec.MaxStringLength)
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
        NodeExchange exchange = new("SOCKS5", _node, target, node.Stream);
        byte[] request = new byte[Socks5Codec.MaxMessageLength];
        int requestLength = Socks5Codec.WriteRequest(request, Socks5Command.Connect, target);
        byte[] answer = new byte[Socks5Codec.MaxMessageLength];

        await exchange.SendAsync(_greeting, cancellationToken).ConfigureAwait(false);
        Socks5Method method = await exchange.ReceiveAsync<Socks5Method>(
            answer, Socks5Codec.ReadMethod, "the choice of a login method", cancellationToken).ConfigureAwait(false);
        await LogInAsync(exchange, method, answer, cancellationToken).ConfigureAwait(false);

        await exchange.SendAsync(request.AsMemory(0, requestLength), cancellationToken).ConfigureAwait(false);
        Socks5Reply reply = await exchange.ReceiveAsync<Socks5Reply>(
            answer, Socks5Codec.ReadReply, "the reply to CONNECT", cancellationToken).ConfigureAwait(false);
        return reply.Code == Socks5ReplyCode.Succeeded ? node : throw Refused(exchange, reply.Code);
    }

    private static ForwardException Refused(NodeExchange exchange, Socks5ReplyCode code)
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
        return exchange.Failure(error, string.Create(CultureInfo.InvariantCulture, $"replied {(byte)code}: {meaning}"), isTargetFault);
    }

    private async ValueTask LogInAsync(NodeExchange exchange, Socks5Method method, byte[] answer, CancellationToken cancellationToken)
    {
        switch (method)
        {
            case Socks5Method.None:
                return;
            case Socks5Method.UserPassword when _login is not null:
                break;
            case Socks5Method.UserPassword:
                throw exchange.Failure(ForwardError.AuthenticationRequired, "wants a user name and a password, and none are configured");
            case Socks5Method.NoneAcceptable:
                throw exchange.Failure(ForwardError.AuthenticationRequired, _login is null
                    ? "does not serve without a login, and none is configured (offered: method 00)"
                    : "takes neither a login by user name and password nor none (offered: methods 00 and 02)");
            default:
                // GOST's client would go on as if nothing had been asked of it (socks, section 3.3).
                throw exchange.Failure(
                    ForwardError.ProtocolError,
                    string.Create(CultureInfo.InvariantCulture, $"chose login method {(byte)method:x2}, which was not offered"));
        }

        await exchange.SendAsync(_login, cancellationToken).ConfigureAwait(false);
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
