using System.Net;

namespace GostNet.Ssh.Forwarding;

/// <summary>Where a server listens when a client wishes something (ssh, section 4).</summary>
internal static class ListenAddresses
{
    private static readonly string[] Loopback = ["127.0.0.1", "::1"];
    private static readonly string[] EveryInterface = [""];

    /// <summary>The places to listen at.</summary>
    /// <param name="address">The client's wish, as it wrote it.</param>
    /// <param name="port">The port.</param>
    /// <param name="gatewayPorts">What it may have.</param>
    /// <returns>At least one, or none if the wish makes no sense.</returns>
    public static HostEndPoint[] Find(string address, int port, GatewayPorts gatewayPorts)
    {
        string[] hosts = (gatewayPorts, address) switch
        {
            (GatewayPorts.Yes, _) => EveryInterface,
            (_, "127.0.0.1") => ["127.0.0.1"],
            (_, "::1" or "[::1]") => ["::1"],
            (GatewayPorts.No, _) or (_, "localhost") => Loopback,
            (_, "" or "*") => EveryInterface,
            _ => [ForwardingCodec.ToHost(address)],
        };
        HostEndPoint?[] places = Array.ConvertAll(hosts, host => ForwardingCodec.ToEndPoint(host, (uint)port));
        return [.. places.OfType<HostEndPoint>()];
    }

    /// <summary>Whether the client gets less than it wished for.</summary>
    public static bool IsNarrowed(string address, GatewayPorts gatewayPorts) =>
        gatewayPorts == GatewayPorts.No && !(address is "localhost" || (IPAddress.TryParse(address, out IPAddress? ip) && IPAddress.IsLoopback(ip)));
}
