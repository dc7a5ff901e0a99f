using System.Buffers.Binary;
using System.Net;
using System.Text;
using GostNet.Internal;

namespace GostNet.Protocols.Socks;

/// <summary>Receives datagrams behind a space in which the header that tells their source is put.</summary>
internal sealed class Socks5DatagramReceiver(IDatagramListener port)
{
    private readonly byte[] _buffer =
        GC.AllocateUninitializedArray<byte>(Socks5DatagramCodec.MaxHeaderLength + Socks5DatagramCodec.MaxDatagramSize);

    private readonly byte[] _header = new byte[Socks5DatagramCodec.MaxHeaderLength];
    private readonly SocketAddress _source = port.CreateAddress();
    private readonly SocketAddress _known = port.CreateAddress();
    private int _headerLength;

    /// <summary>Receives the next datagram.</summary>
    /// <returns>Its size, or -1 once the port is closed.</returns>
    public ValueTask<int> ReceiveAsync(CancellationToken cancellationToken) =>
        port.ReceiveFromAsync(_buffer.AsMemory(Socks5DatagramCodec.MaxHeaderLength), _source, cancellationToken);

    /// <summary>The datagram that was received, with its header.</summary>
    /// <param name="size">What <see cref="ReceiveAsync"/> told.</param>
    /// <param name="reserved">RSV.</param>
    /// <param name="frame">Header and datagram, until the next one is received.</param>
    /// <returns>Whether its source is an address that a header can tell.</returns>
    public bool TryFrame(int size, int reserved, out ReadOnlyMemory<byte> frame)
    {
        frame = default;
        if (_headerLength == 0 || !_source.Equals(_known))
        {
            _headerLength = port.GetEndPoint(_source) switch
            {
                IPEndPoint ip => Socks5DatagramCodec.WriteHeader(_header, 0, ip),
                HostEndPoint name when Ascii.IsValid(name.Host) => Socks5DatagramCodec.WriteHeader(_header, 0, name),
                _ => 0,
            };
            _source.CopyTo(_known);
        }

        if (_headerLength == 0)
        {
            return false;
        }

        BinaryPrimitives.WriteUInt16BigEndian(_header, (ushort)reserved);
        int start = Socks5DatagramCodec.MaxHeaderLength - _headerLength;
        _header.AsSpan(0, _headerLength).CopyTo(_buffer.AsSpan(start));
        frame = _buffer.AsMemory(start, _headerLength + size);
        return true;
    }
}
