namespace GostNet.Ssh.Forwarding;

/// <summary>What belongs to a <c>direct-tcpip</c> or <c>forwarded-tcpip</c> channel (RFC 4254, section 7.2), as the peer wrote it.</summary>
/// <param name="Host">The host to connect to, or the address that was listened at; <see langword="null"/> if it is too long or no
/// text.</param>
/// <param name="Port">Its port, which may be out of range.</param>
/// <param name="Originator">The address of who connected; <see langword="null"/> as for <paramref name="Host"/>.</param>
/// <param name="OriginatorPort">Its port, which may be out of range.</param>
internal readonly record struct ForwardOpening(string? Host, uint Port, string? Originator, uint OriginatorPort);
