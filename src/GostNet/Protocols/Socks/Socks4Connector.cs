using System.Globalization;
using System.Net;
using System.Text;
using GostNet.Internal;

namespace GostNet.Protocols.Socks;

/// <summary>Asks a SOCKS4 or SOCKS4a server for a connection (socks, section 10).</summary>
/// <remarks>SOCKS4 carries an IPv4 address only, so a name is resolved on this side. SOCKS4a always carries the host as text.</remarks>
internal sealed class Socks4Connector : IConnector
{
    private readonly string _node;
    private readonly string _userId;
    private readonly Func<string, CancellationToken, ValueTask<IPAddress[]>>? _resolve;

    /// <summary>Makes the connector of one node.</summary>
    /// <param name="node">What messages and exceptions call the node.</param>
    /// <param name="resolve">For SOCKS4, finds the addresses of a name. For SOCKS4a <see langword="null"/>.</param>
    /// <param name="credential">Its user name is sent as the user id; there is no password in this protocol.</param>
    /// <exception cref="ArgumentException">The user name is longer than 255 bytes of UTF-8, or has a NUL in it.</exception>
    public Socks4Connector(
        string node, Func<string, CancellationToken, ValueTask<IPAddress[]>>? resolve, NetworkCredential? credential = null)
    {
        _node = node;
        _resolve = resolve;
        _userId = credential?.UserName ?? "";
        if (Encoding.UTF8.GetByteCount(_userId) > byte.MaxValue || _userId.Contains('\0'))
        {
            throw new ArgumentException("The user name is longer than 255 bytes, or has a NUL in it.", nameof(credential));
        }
    }

    public async ValueTask<IConnection> ConnectAsync(IConnection node, HostEndPoint target, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(target);
        NodeExchange exchange = new(_resolve is null ? "SOCKS4a" : "SOCKS4", _node, target, node.Stream);
        string? name = _resolve is null ? AsciiHost.Encode(target).Host : null;
        IPAddress address = name is not null
            ? Socks4Codec.NameFollows
            : await ResolveAsync(exchange, target, cancellationToken).ConfigureAwait(false);
        byte[] buffer = new byte[Socks4Codec.MaxMessageLength];
        int length = Socks4Codec.WriteRequest(buffer, Socks4Command.Connect, address, target.Port, _userId, name);

        await exchange.SendAsync(buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        Socks4ReplyCode code = await exchange.ReceiveAsync<Socks4ReplyCode>(
            buffer, Socks4Codec.ReadReply, "the reply to CONNECT", cancellationToken).ConfigureAwait(false);
        return code == Socks4ReplyCode.Granted ? node : throw Refused(exchange, code);
    }

    private static ForwardException Refused(NodeExchange exchange, Socks4ReplyCode code)
    {
        (ForwardError error, string meaning, bool isTargetFault) = code switch
        {
            Socks4ReplyCode.Failed => (ForwardError.TargetUnreachable, "rejected or failed", true),
            Socks4ReplyCode.Denied => (ForwardError.Forbidden, "denied by its rules or for want of an identd", false),
            Socks4ReplyCode.UserIdMismatch => (ForwardError.AuthenticationFailed, "identd tells another user id", false),
            _ => (ForwardError.ProtocolError, "a code that does not exist", false),
        };
        return exchange.Failure(error, string.Create(CultureInfo.InvariantCulture, $"replied {(byte)code}: {meaning}"), isTargetFault);
    }

    /// <summary>Finds the target's first IPv4 address. An empty host is the node itself, which GOST writes as 0.0.0.0.</summary>
    private async ValueTask<IPAddress> ResolveAsync(NodeExchange exchange, HostEndPoint target, CancellationToken cancellationToken)
    {
        if (target.Host.Length == 0)
        {
            return IPAddress.Any;
        }

        IPAddress[] addresses;
        if (target.TryGetAddress(out IPAddress? literal))
        {
            addresses = [literal];
        }
        else
        {
            try
            {
                addresses = await _resolve!(target.Host, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not (OperationCanceledException or ForwardException))
            {
                throw exchange.Failure(
                    ForwardError.NameNotResolved, $"needs an address, and the name was not resolved: {e.Message}", true, e);
            }
        }

        // 0.0.0.x is how SOCKS4a says that a name follows.
        return Array.Find(addresses, address => address.GetAddressBytes() is [var a, var b, var c, var d] && ((a | b | c) != 0 || d == 0))
            ?? throw exchange.Failure(
                addresses.Length == 0 ? ForwardError.NameNotResolved : ForwardError.AddressNotSupported,
                "needs an IPv4 address, and the target has none that SOCKS4 can carry",
                isTargetFault: true);
    }
}
