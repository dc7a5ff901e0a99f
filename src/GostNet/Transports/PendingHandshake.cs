using System.Net;

namespace GostNet.Transports;

/// <summary>A connection whose handshakes go on.</summary>
/// <param name="Carrier">The connection below.</param>
/// <param name="Stop">Ends it.</param>
/// <param name="Since">When it began, as the clock's timestamp.</param>
internal sealed record PendingHandshake(IConnection Carrier, CancellationTokenSource Stop, long Since)
{
    /// <summary>Who it is with; <see langword="null"/> where the transport has no addresses to tell.</summary>
    public IPAddress? Source { get; } = (Carrier.RemoteEndPoint as IPEndPoint)?.Address;
}
