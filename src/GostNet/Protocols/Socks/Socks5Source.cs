using System.Buffers.Binary;

namespace GostNet.Protocols.Socks;

/// <summary>Tells the datagrams of one target from those of strangers, who can find the node's port too. A connected UDP socket does the
/// same.</summary>
/// <remarks>Where the target is a name, only the node knows its address, and the port must do. It must as well where the node reports the
/// source as 0.0.0.0, as GOST 2.8.1 does with IPv6 (socks, section 14, 14).</remarks>
internal sealed class Socks5Source
{
    private readonly byte[] _target = new byte[Socks5Address.MaxLength];
    private readonly int _length;

    /// <exception cref="ForwardException">The target cannot be expressed in SOCKS5.</exception>
    public Socks5Source(HostEndPoint target)
    {
        if (target.Port == 0)
        {
            throw new ForwardException(ForwardError.AddressNotSupported, $"No datagram can go to {target}: port 0 is none.")
            {
                Target = target,
                IsTargetFault = true,
            };
        }

        _length = Socks5Address.Write(_target, target);
    }

    /// <summary>The target, from ATYP to port.</summary>
    public ReadOnlySpan<byte> Target => _target.AsSpan(0, _length);

    /// <summary>Whether a datagram from this address is the target's.</summary>
    /// <param name="source">From ATYP to port.</param>
    public bool Matches(ReadOnlySpan<byte> source)
    {
        if (BinaryPrimitives.ReadUInt16BigEndian(source[^2..]) != BinaryPrimitives.ReadUInt16BigEndian(Target[^2..]))
        {
            return false;
        }

        ReadOnlySpan<byte> expected = Socks5Address.GetIPAddress(Target);
        ReadOnlySpan<byte> actual = Socks5Address.GetIPAddress(source);
        return expected.IsEmpty || actual.SequenceEqual(expected) || !actual.ContainsAnyExcept((byte)0);
    }
}
