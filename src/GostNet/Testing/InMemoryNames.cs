using System.Buffers.Binary;
using System.Net;

namespace GostNet.Testing;

/// <summary>The addresses of the names in an in-memory network.</summary>
internal sealed class InMemoryNames
{
    // RFC 2544, section C.2.2: addresses for tests, which lead nowhere else.
    private const uint FirstAddress = 0xC6120001;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, IPAddress> _addresses = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<IPAddress, string> _names = [];

    /// <summary>Gives a host an address, unless it has one.</summary>
    public void Add(HostEndPoint endPoint)
    {
        lock (_gate)
        {
            if (FindKnown(endPoint) is null)
            {
                byte[] bytes = new byte[4];
                BinaryPrimitives.WriteUInt32BigEndian(bytes, FirstAddress + (uint)_addresses.Count);
                IPAddress address = new(bytes);
                _addresses.Add(endPoint.Host, address);
                _names.Add(address, endPoint.Host);
            }
        }
    }

    /// <summary>The address of a host, or <see langword="null"/> if it has none.</summary>
    public IPAddress? Find(HostEndPoint endPoint)
    {
        lock (_gate)
        {
            return FindKnown(endPoint);
        }
    }

    /// <summary>The address that datagrams from a place have as their source.</summary>
    public IPAddress AddressOf(InMemoryAddress from) => from.IsAny ? IPAddress.Loopback : Find(new(from.Host, from.Port))!;

    /// <summary>The host that listens where an address is that <see cref="Find"/> gave.</summary>
    public HostEndPoint NameOf(IPEndPoint endPoint)
    {
        lock (_gate)
        {
            return _names.TryGetValue(endPoint.Address, out string? name) ? new(name, endPoint.Port) : new(endPoint);
        }
    }

    private IPAddress? FindKnown(HostEndPoint endPoint) =>
        endPoint.TryGetAddress(out IPAddress? literal) ? literal
        : InMemoryAddress.ForDialing(endPoint).IsLoopback ? IPAddress.Loopback
        : _addresses.GetValueOrDefault(endPoint.Host);
}
