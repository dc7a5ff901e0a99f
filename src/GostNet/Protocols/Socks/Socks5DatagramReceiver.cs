namespace GostNet.Protocols.Socks;

/// <summary>Receives datagrams behind a space in which the header that tells their source is put.</summary>
internal sealed class Socks5DatagramReceiver(IDatagramListener port)
{
    private readonly byte[] _buffer =
        GC.AllocateUninitializedArray<byte>(Socks5DatagramCodec.MaxHeaderLength + Socks5DatagramCodec.MaxDatagramSize);

    private readonly Socks5SourceAddress _source = new(port);

    /// <summary>Receives the next datagram.</summary>
    /// <returns>Its size, or -1 once the port is closed.</returns>
    public ValueTask<int> ReceiveAsync(CancellationToken cancellationToken) =>
        port.ReceiveFromAsync(_buffer.AsMemory(Socks5DatagramCodec.MaxHeaderLength), _source.Address, cancellationToken);

    /// <summary>The datagram that was received, with its header.</summary>
    /// <param name="size">What <see cref="ReceiveAsync"/> told.</param>
    /// <param name="reserved">RSV.</param>
    /// <param name="frame">Header and datagram, until the next one is received.</param>
    /// <returns>Whether its source is an address that a header can tell.</returns>
    public bool TryFrame(int size, int reserved, out ReadOnlyMemory<byte> frame)
    {
        frame = default;
        ReadOnlySpan<byte> address = _source.Header;
        if (address.IsEmpty)
        {
            return false;
        }

        int start = Socks5DatagramCodec.MaxHeaderLength - address.Length - Socks5DatagramCodec.PrefixLength;
        Socks5DatagramCodec.WritePrefix(_buffer.AsSpan(start), reserved);
        address.CopyTo(_buffer.AsSpan(start + Socks5DatagramCodec.PrefixLength));
        frame = _buffer.AsMemory(start..(Socks5DatagramCodec.MaxHeaderLength + size));
        return true;
    }
}
