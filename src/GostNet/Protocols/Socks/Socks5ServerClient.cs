using System.Diagnostics.CodeAnalysis;
using System.Net;
using GostNet.Internal;

namespace GostNet.Protocols.Socks;

/// <summary>One client of a SOCKS5 server.</summary>
internal sealed class Socks5ServerClient : IAsyncDisposable
{
    private readonly IConnection _outer;
    private readonly byte[] _buffer = new byte[Socks5Codec.MaxMessageLength];
    private bool _isServed;

    /// <param name="connection">The client, which stays the caller's.</param>
    /// <param name="host">Does everything that is not the protocol.</param>
    /// <param name="options">The server's options.</param>
    public Socks5ServerClient(IConnection connection, IProxyHost host, Socks5ServerOptions options)
    {
        _outer = connection;
        Host = host;
        Options = options;
        Exchange = new ClientExchange("SOCKS5", connection, host.Time);
    }

    public IProxyHost Host { get; }

    public Socks5ServerOptions Options { get; }

    public ClientExchange Exchange { get; }

    /// <summary>Who has logged in; "" if nobody has to.</summary>
    public string UserName { get; set; } = "";

    /// <summary>The client, inside of TLS once that has begun.</summary>
    public IConnection Connection => Exchange.Connection;

    /// <summary>Whether the client greets as GOST does, and as GostNet does for its sake.</summary>
    public bool IsGost { get; set; }

    /// <summary>Whether bytes behind a reply are lost if they come too soon.</summary>
    public bool LosesWhatFollowsAReply => IsGost && Connection == _outer;

    /// <summary>The address that the client comes from, if it has one.</summary>
    public IPAddress? Address => (_outer.RemoteEndPoint as IPEndPoint)?.Address is { } address ? Unmap(address) : null;

    /// <summary>The address that the client came to, if there is one.</summary>
    public IPAddress? ServerAddress => (_outer.LocalEndPoint as IPEndPoint)?.Address is { } address ? Unmap(address) : null;

    /// <summary>Whether what the client wrote is an address. An empty name is one to GOST alone, which writes this machine so.</summary>
    public bool IsAddress([NotNullWhen(true)] HostEndPoint? address) => address is not null && (address.Host.Length > 0 || IsGost);

    public static IPAddress Unmap(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <summary>An end point to be told: IPv4 as IPv4.</summary>
    public static HostEndPoint ToHostEndPoint(IPEndPoint endPoint) => new(Unmap(endPoint.Address).ToString(), endPoint.Port);

    public ValueTask<T> ReceiveAsync<T>(MessageReader<T> read, string awaited, CancellationToken cancellationToken) =>
        Exchange.ReceiveAsync(read, _buffer, awaited, cancellationToken);

    public ValueTask SendMethodAsync(Socks5Method method, CancellationToken cancellationToken) =>
        Exchange.SendAsync(Written(Socks5Codec.WriteMethod(_buffer, method)), cancellationToken);

    public ValueTask<ForwardException> RefuseMethodsAsync(ForwardException reason, CancellationToken cancellationToken) =>
        Exchange.RefuseAsync(Written(Socks5Codec.WriteMethod(_buffer, Socks5Method.NoneAcceptable)), reason, cancellationToken);

    public ValueTask AcceptLoginAsync(CancellationToken cancellationToken) =>
        Exchange.SendAsync(Written(Socks5Codec.WriteLoginStatus(_buffer, succeeded: true)), cancellationToken);

    public ValueTask<ForwardException> RefuseLoginAsync(ForwardException reason, CancellationToken cancellationToken) =>
        Exchange.RefuseAsync(Written(Socks5Codec.WriteLoginStatus(_buffer, succeeded: false)), reason, cancellationToken);

    /// <summary>Says that the client has what it asked for.</summary>
    public ValueTask ReplyAsync(HostEndPoint? bound, CancellationToken cancellationToken) =>
        Exchange.SendAsync(Written(Socks5Codec.WriteReply(_buffer, Socks5ReplyCode.Succeeded, bound)), cancellationToken);

    /// <summary>Says that the client does not get what it asked for.</summary>
    /// <returns><paramref name="reason"/>, to be thrown.</returns>
    public ValueTask<ForwardException> RefuseAsync(
        Socks5ReplyCode code, ForwardException reason, CancellationToken cancellationToken) =>
        Exchange.RefuseAsync(Written(Socks5Codec.WriteReply(_buffer, code)), reason, cancellationToken);

    /// <summary>Waits for what the client asked for, and tells it if it cannot have that.</summary>
    public async ValueTask<T> OpenAsync<T>(
        ValueTask<T> opening, Func<IOException, Socks5ReplyCode> explain, CancellationToken cancellationToken)
    {
        try
        {
            return await opening.ConfigureAwait(false);
        }
        catch (IOException e)
        {
            ForwardException reason = e as ForwardException
                ?? Exchange.Failure(ForwardError.LocalResources, $"cannot have what it asked for: {e.Message}", e);
            throw await RefuseAsync(explain(e), reason, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Says where the client's port is: at the address that the client came to, as GOST says it, whatever the port is bound
    /// to.</summary>
    public async ValueTask ReplyBoundAsync(EndPoint bound, CancellationToken cancellationToken)
    {
        (IPAddress? address, int port) = bound switch
        {
            IPEndPoint ip => (Unmap(ip.Address), ip.Port),
            HostEndPoint name => (null, name.Port),
            _ => (null, 0),
        };
        HostEndPoint told = new((ServerAddress ?? address ?? IPAddress.Any).ToString(), port);
        await ReplyAsync(told, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits after a reply until it is safe to send more.</summary>
    /// <param name="shown">Completes when the client shows that it has read the reply; if it never does, it is the grace that is
    /// waited.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask HoldBackAsync(Task? shown, CancellationToken cancellationToken)
    {
        if (LosesWhatFollowsAReply)
        {
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var grace = Task.Delay(Options.ReplyGrace, Host.Time, waiting.Token);
            await Task.WhenAny(shown ?? grace, grace).ConfigureAwait(false);
            await waiting.CancelAsync().ConfigureAwait(false); // ends the timer
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The same, for a client whose bytes are relayed next.</summary>
    /// <returns>The client, to be used from now on.</returns>
    public async ValueTask<IConnection> HoldBackAsync(CancellationToken cancellationToken)
    {
        if (!LosesWhatFollowsAReply)
        {
            return Connection;
        }

        ReadAheadConnection ahead = ReadAheadConnection.Start(Connection, limit: 0);
        await HoldBackAsync(ahead.Readable, cancellationToken).ConfigureAwait(false);
        return ahead;
    }

    /// <summary>The client was served, and its connection ends in good order.</summary>
    public void Complete() => _isServed = true;

    /// <summary>Ends TLS, if there is any; the connection below stays the caller's.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Connection != _outer)
        {
            if (!_isServed)
            {
                Connection.Abort();
            }

            await Connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private ReadOnlyMemory<byte> Written(int count) => _buffer.AsMemory(0, count);
}
