using System.Buffers.Binary;
using System.Net;
using System.Runtime.CompilerServices;

namespace GostNet.Protocols.Socks;

/// <summary>A UDP port of the node's, whose datagrams come over a tunnel with their sources.</summary>
/// <remarks>The addresses of peers are IPv6, or IPv4 in IPv6's form.</remarks>
/// <param name="tunnel">The tunnel.</param>
/// <param name="bound">Where the node listens.</param>
/// <param name="addressUnknown">Called once, when the node reports a peer without its address.</param>
internal sealed class Socks5TunnelListener(Socks5Tunnel tunnel, HostEndPoint bound, Action<EndPoint> addressUnknown) : IDatagramListener
{
    // Where the parts of a socket address are, after the family, on every system that .NET runs on (sockaddr_in6).
    private const int PortOffset = 2;
    private const int AddressOffset = 8;
    private const int AddressLength = 16;

    private static readonly IPEndPoint Family = new(IPAddress.IPv6Any, 0);
    private int _warned;

    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF];

    public EndPoint LocalEndPoint { get; } = bound.ToPlainEndPoint();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReceiveFromAsync(
        Memory<byte> buffer, SocketAddress source, CancellationToken cancellationToken = default)
    {
        while (await tunnel.ReadAsync(cancellationToken).ConfigureAwait(false) is var (address, datagram))
        {
            // UDP has no peers with names: such a frame cannot be answered, and is dropped.
            if (TryStore(address.Span, source))
            {
                return DatagramBuffer.Copy(datagram, buffer);
            }
        }

        return -1;
    }

    public ValueTask SendToAsync(ReadOnlyMemory<byte> datagram, SocketAddress destination, CancellationToken cancellationToken = default)
    {
        Span<byte> address = stackalloc byte[Socks5Address.MaxLength];
        ReadOnlySpan<byte> ip = GetAddressBytes(destination);
        int port = BinaryPrimitives.ReadUInt16BigEndian(destination.Buffer.Span[PortOffset..]);
        if (port == 0 || !ip.ContainsAnyExcept((byte)0))
        {
            // GOST's server would end the tunnel (socks, section 8.2).
            return ValueTask.FromException(new ForwardException(
                ForwardError.AddressNotSupported, $"No datagram can go to {GetEndPoint(destination)}."));
        }

        return tunnel.SendAsync(address[..Socks5Address.Write(address, ip, port)], datagram, cancellationToken);
    }

    public SocketAddress CreateAddress() => Family.Serialize();

    public EndPoint GetEndPoint(SocketAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return new IPEndPoint(
            new IPAddress(GetAddressBytes(address)), BinaryPrimitives.ReadUInt16BigEndian(address.Buffer.Span[PortOffset..]));
    }

    public SocketAddress GetAddress(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return new IPEndPoint(endPoint.Address.MapToIPv6(), endPoint.Port).Serialize();
    }

    public ValueTask DisposeAsync() => tunnel.DisposeAsync();

    private static ReadOnlySpan<byte> GetAddressBytes(SocketAddress address)
    {
        ReadOnlySpan<byte> ip = address.Buffer.Span.Slice(AddressOffset, AddressLength);
        return ip.StartsWith(MappedPrefix) ? ip[MappedPrefix.Length..] : ip;
    }

    private bool TryStore(ReadOnlySpan<byte> address, SocketAddress source)
    {
        ReadOnlySpan<byte> ip = Socks5Address.GetIPAddress(address);
        if (ip.IsEmpty)
        {
            return false;
        }

        Span<byte> space = source.Buffer.Span;
        address[^2..].CopyTo(space[PortOffset..]);
        Span<byte> destination = space.Slice(AddressOffset, AddressLength);
        MappedPrefix.CopyTo(destination);
        ip.CopyTo(destination[^ip.Length..]);
        if (!ip.ContainsAnyExcept((byte)0) && Interlocked.Exchange(ref _warned, 1) == 0)
        {
            addressUnknown(GetEndPoint(source));
        }

        return true;
    }
}
