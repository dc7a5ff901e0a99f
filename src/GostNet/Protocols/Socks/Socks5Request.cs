namespace GostNet.Protocols.Socks;

/// <summary>A request (RFC 1928, section 4).</summary>
/// <param name="Command">The command; any value may come.</param>
/// <param name="Address">The address, or <see langword="null"/> if the name in it cannot be one.</param>
/// <param name="Share">RSV: the number of those who share a port, or 0; see <see cref="Socks5SharedPorts"/>.</param>
internal readonly record struct Socks5Request(Socks5Command Command, HostEndPoint? Address, byte Share = 0);
