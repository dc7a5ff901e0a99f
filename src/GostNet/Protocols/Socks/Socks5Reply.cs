namespace GostNet.Protocols.Socks;

/// <summary>A reply (RFC 1928, section 6).</summary>
/// <param name="Code">The result; any value may come.</param>
/// <param name="Bound">The address on the server's side, or <see langword="null"/> if the request failed or the name in it cannot be
/// an address.</param>
internal readonly record struct Socks5Reply(Socks5ReplyCode Code, HostEndPoint? Bound);
