namespace GostNet.Protocols.Socks;

/// <summary>A request (RFC 1928, section 4).</summary>
/// <param name="Command">The command; any value may come.</param>
/// <param name="Address">The address, or <see langword="null"/> if the name in it cannot be one.</param>
internal readonly record struct Socks5Request(Socks5Command Command, HostEndPoint? Address);
