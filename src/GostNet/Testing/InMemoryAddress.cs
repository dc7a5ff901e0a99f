using System.Net;

namespace GostNet.Testing;

/// <summary>A place in an in-memory network: a host in one spelling for each meaning, and a port.</summary>
internal readonly record struct InMemoryAddress
{
    private const string AnyHost = "";
    private const string LoopbackHost = "localhost";

    private InMemoryAddress(string host, int port)
    {
        Host = host;
        Port = port;
    }

    /// <summary>An empty host is every interface.</summary>
    public string Host { get; }

    public int Port { get; init; }

    public bool IsAny => Host == AnyHost;

    public bool IsLoopback => Host == LoopbackHost;

    public static InMemoryAddress Any(int port) => new(AnyHost, port);

    public static InMemoryAddress Loopback(int port) => new(LoopbackHost, port);

    public static InMemoryAddress ForListening(HostEndPoint endPoint)
    {
        string host = endPoint.Host;
        if (endPoint.TryGetAddress(out IPAddress? address))
        {
            host = address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? AnyHost
                : IPAddress.IsLoopback(address) ? LoopbackHost
                : address.ToString();
        }
        else if (host.Equals(LoopbackHost, StringComparison.OrdinalIgnoreCase))
        {
            host = LoopbackHost;
        }

        return new(host, endPoint.Port);
    }

    /// <summary>As <see cref="ForListening"/>, but an empty host is this machine.</summary>
    public static InMemoryAddress ForDialing(HostEndPoint target)
    {
        InMemoryAddress address = ForListening(target);
        return address.IsAny ? Loopback(target.Port) : address;
    }

    /// <summary>What a socket would tell: an address and port, or the name where there is no address.</summary>
    public EndPoint ToEndPoint()
    {
        HostEndPoint name = new(IsAny ? IPAddress.IPv6Any.ToString() : IsLoopback ? IPAddress.Loopback.ToString() : Host, Port);
        return name.TryGetAddress(out IPAddress? address) ? new IPEndPoint(address, Port) : (EndPoint)name;
    }

    public bool Equals(InMemoryAddress other) => Port == other.Port && Host.Equals(other.Host, StringComparison.OrdinalIgnoreCase);

    public override int GetHashCode() => HashCode.Combine(StringComparer.OrdinalIgnoreCase.GetHashCode(Host), Port);
}
