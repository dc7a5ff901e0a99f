using System.Net;

namespace GostNet.Testing;

/// <summary>A datagram on its way.</summary>
internal sealed record InMemoryDatagram(byte[] Payload, IPEndPoint Source)
{
    /// <summary>65,535 bytes less the headers of IPv4 and UDP.</summary>
    public const int MaxSize = 65_507;
}
