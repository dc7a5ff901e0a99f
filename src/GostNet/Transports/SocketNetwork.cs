using System.Net;
using System.Net.Sockets;
using GostNet.Internal;
using GostNet.Transports;
using GostNet.Transports.Tcp;
using GostNet.Transports.Udp;

namespace GostNet;

/// <summary>The operating system's TCP and UDP sockets.</summary>
public sealed class SocketNetwork : INetwork
{
    private readonly SocketNetworkOptions _options;
    private readonly NameResolver _resolver;

    /// <summary>Makes a network.</summary>
    /// <param name="options">How sockets are used; the defaults if <see langword="null"/>.</param>
    /// <param name="timeProvider">The clock of Happy Eyeballs; the system's if <see langword="null"/>.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public SocketNetwork(SocketNetworkOptions? options = null, TimeProvider? timeProvider = null)
    {
        _options = (options ?? new()) with { };
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.Backlog, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.ConnectionAttemptDelay, TimeSpan.Zero, nameof(options));
        ArgumentNullException.ThrowIfNull(_options.Resolve, nameof(options));
        if (_options.KeepAliveTime != Timeout.InfiniteTimeSpan && _options.KeepAliveTime < TimeSpan.FromSeconds(1))
        {
            throw new ArgumentException("KeepAliveTime is at least one second, or infinite.", nameof(options));
        }

        _resolver = new NameResolver(_options.Resolve);
        Dialer = new TcpDialer(_options, _resolver, timeProvider ?? TimeProvider.System);
        DatagramDialer = new UdpDialer(_resolver);
    }

    /// <inheritdoc/>
    public IDialer Dialer { get; }

    /// <inheritdoc/>
    public IDatagramDialer DatagramDialer { get; }

    /// <inheritdoc/>
    public async ValueTask<IListener> ListenAsync(HostEndPoint endPoint, CancellationToken cancellationToken = default) =>
        await ListenAsync(endPoint, SocketType.Stream, socket => new TcpSocketListener(socket, _options), cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<IDatagramListener> ListenDatagramsAsync(HostEndPoint endPoint, CancellationToken cancellationToken = default) =>
        await ListenAsync(endPoint, SocketType.Dgram, socket => new UdpDatagramListener(socket), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask<IPAddress[]> ResolveAsync(HostEndPoint endPoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return _resolver.ResolveAsync(endPoint, cancellationToken);
    }

    private async ValueTask<T> ListenAsync<T>(
        HostEndPoint endPoint, SocketType type, Func<Socket, T> listen, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        string place = $"{(type == SocketType.Stream ? "TCP" : "UDP")} {endPoint}";
        Socket? socket = null;
        try
        {
            IPAddress address = await ResolveBindAddressAsync(endPoint, cancellationToken).ConfigureAwait(false);
            ProtocolType protocol = type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp;
            socket = new Socket(address.AddressFamily, type, protocol);
            if (address.Equals(IPAddress.IPv6Any) && endPoint.Host.Length == 0)
            {
                socket.DualMode = true;
            }

            socket.Bind(new IPEndPoint(address, endPoint.Port));
            return listen(socket);
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            string hint = e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "another program listens there",
                SocketError.AccessDenied => "ports below 1024 need privileges",
                SocketError.AddressNotAvailable => "no interface of this machine has that address",
                _ => e.Message,
            };
            throw new ForwardException(
                e.SocketErrorCode.ToForwardError(),
                $"Cannot listen on {place}: {hint} ({e.SocketErrorCode}).",
                e);
        }
        catch (ForwardException e) when (e.Error == ForwardError.NameNotResolved)
        {
            throw new ForwardException(e.Error, $"Cannot listen on {place}: the name has no address.", e.InnerException);
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }

    private async ValueTask<IPAddress> ResolveBindAddressAsync(HostEndPoint endPoint, CancellationToken cancellationToken)
    {
        if (endPoint.Host.Length == 0)
        {
            return Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;
        }

        IPAddress[] addresses = await _resolver.ResolveAsync(endPoint, cancellationToken).ConfigureAwait(false);
        return Array.Find(addresses, a => a.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0];
    }
}
