using System.Security.Cryptography;

namespace GostNet.Transports.Obfuscation;

/// <summary>The client's stream: the first payload is the ticket in the greeting.</summary>
internal sealed class TlsObfuscationClientStream : TlsObfuscationStream
{
    private readonly byte[] _host;
    private readonly TimeProvider _time;

    public TlsObfuscationClientStream(IConnection carrier, byte[] host, TimeProvider time)
        : base(carrier, TlsRecordPhase.ServerHello, default, time)
    {
        _host = host;
        _time = time;
        GreetInTime(time);
    }

    protected override int MaxGreetingLength => TlsObfuscationCodec.ClientHelloOverhead + _host.Length;

    protected override (int Length, int Taken) WriteGreeting(Span<byte> destination, ReadOnlySpan<byte> payload)
    {
        Span<byte> random = stackalloc byte[TlsObfuscationCodec.RandomLength + TlsObfuscationCodec.SessionIdLength];
        RandomNumberGenerator.Fill(random);
        int taken = Math.Min(payload.Length, TlsObfuscationCodec.MaxClientHelloPayload);
        int length = TlsObfuscationCodec.WriteClientHello(
            destination,
            (uint)_time.GetUtcNow().ToUnixTimeSeconds(),
            random[..TlsObfuscationCodec.RandomLength],
            random[TlsObfuscationCodec.RandomLength..],
            _host,
            payload[..taken]);
        return (length, taken);
    }
}
