using System.Net;
using System.Text;
using GostNet.Internal;

namespace GostNet.Protocols.Socks;

/// <summary>Where the datagrams of a port come from, as SOCKS5 writes it. That of the one before is kept: most come from few.</summary>
internal sealed class Socks5SourceAddress(IDatagramListener port)
{
    private readonly byte[] _header = new byte[Socks5Address.MaxLength];
    private readonly SocketAddress _known = port.CreateAddress();
    private int _length;

    /// <summary>Takes the source of each datagram that is received.</summary>
    public SocketAddress Address { get; } = port.CreateAddress();

    /// <summary>The source, from ATYP to port; empty if it has no such form.</summary>
    public ReadOnlySpan<byte> Header
    {
        get
        {
            if (_length == 0 || !Address.Equals(_known))
            {
                _length = port.GetEndPoint(Address) switch
                {
                    IPEndPoint ip => Socks5Address.Write(_header, ip),
                    HostEndPoint name when Ascii.IsValid(name.Host) => Socks5Address.Write(_header, name),
                    _ => 0,
                };
                Address.CopyTo(_known);
            }

            return _header.AsSpan(0, _length);
        }
    }
}
