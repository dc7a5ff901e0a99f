using System.Net;

namespace GostNet.Protocols.Socks;

/// <summary>Whose port one is, and which.</summary>
/// <param name="Address">The address that was asked for.</param>
/// <param name="Share">The number of those who share it.</param>
/// <param name="UserName">Who logged in; "" if nobody has to.</param>
/// <param name="Client">Where the client connects from.</param>
internal sealed record Socks5PortKey(HostEndPoint Address, byte Share, string UserName, IPAddress? Client);
