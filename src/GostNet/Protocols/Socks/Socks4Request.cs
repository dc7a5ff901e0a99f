namespace GostNet.Protocols.Socks;

/// <summary>A request (socks, section 10).</summary>
/// <param name="Command">The command; any value may come.</param>
/// <param name="Address">The address, or <see langword="null"/> if the name in it cannot be one.</param>
/// <param name="UserId">Who the client says it is; nobody checks.</param>
internal readonly record struct Socks4Request(Socks4Command Command, HostEndPoint? Address, string UserId);
