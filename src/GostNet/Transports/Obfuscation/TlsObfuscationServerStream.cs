using System.Security.Cryptography;
using GostNet.Internal.Tls;

namespace GostNet.Transports.Obfuscation;

/// <summary>The server's stream: the greeting is held back until there is a first reply, as in GOST.</summary>
/// <param name="carrier">The connection below.</param>
/// <param name="sessionId">The client's session id, which is sent back.</param>
/// <param name="received">The payload that came with the client's greeting.</param>
/// <param name="time">The clock.</param>
internal sealed class TlsObfuscationServerStream(
    IConnection carrier, byte[] sessionId, ReadOnlyMemory<byte> received, TimeProvider time)
    : TlsObfuscationStream(carrier, TlsRecordPhase.Data, received, time)
{
    private readonly TimeProvider _time = time;

    protected override int MaxGreetingLength => TlsObfuscationCodec.ServerHelloOverhead;

    protected override (int Length, int Taken) WriteGreeting(Span<byte> destination, ReadOnlySpan<byte> payload)
    {
        Span<byte> random = stackalloc byte[TlsObfuscationCodec.RandomLength];
        RandomNumberGenerator.Fill(random);
        int length = TlsObfuscationCodec.WriteServerHello(
            destination, (uint)_time.GetUtcNow().ToUnixTimeSeconds(), random, sessionId);
        int taken = Math.Min(payload.Length, TlsRecord.MaxLength); // GOST loses what is beyond
        return taken == 0
            ? (length, 0)
            : (length + TlsObfuscationCodec.WriteRecord(destination[length..], TlsRecord.Handshake, payload[..taken]), taken);
    }
}
