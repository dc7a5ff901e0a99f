namespace GostNet.Protocols.Socks;

/// <summary>What stands in front of a datagram.</summary>
/// <param name="Reserved">RSV: in a tunnel, the length of the datagram.</param>
/// <param name="Fragment">FRAG: the fragment's number, 0 for a whole datagram.</param>
/// <param name="Address">Where it goes to or comes from; <see langword="null"/> if the host is not one.</param>
internal readonly record struct Socks5DatagramHeader(int Reserved, byte Fragment, HostEndPoint? Address);
