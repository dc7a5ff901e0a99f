using GostNet.Internal.Tls;

namespace GostNet.Transports.Obfuscation;

/// <summary>The server side of <c>otls</c> (transports, section 5.7).</summary>
internal sealed class TlsObfuscationServer(TimeProvider time) : IConnectionLayer
{
    private const int InitialLength = 1024;

    public async ValueTask<IConnection> StartAsync(IConnection carrier, CancellationToken cancellationToken)
    {
        byte[] message = await ReadMessageAsync(carrier.Stream, cancellationToken).ConfigureAwait(false);
        return TlsObfuscationCodec.TryReadClientHello(message, out Range sessionId, out Range payload)
            ? new ObfuscationConnection(
                new TlsObfuscationServerStream(carrier, message[sessionId], message.AsMemory(payload), time))
            : throw new ForwardException(ForwardError.ProtocolError, "The client sent something else than a TLS greeting.");
    }

    /// <summary>Reads the first record and not a byte more. GOST's may be longer than TLS allows: it has up to 32 KiB of payload in
    /// it.</summary>
    private static async ValueTask<byte[]> ReadMessageAsync(Stream stream, CancellationToken cancellationToken)
    {
        byte[] header = new byte[TlsRecord.HeaderLength];
        await FillAsync(stream, header, cancellationToken).ConfigureAwait(false);
        (byte type, ushort version, int length) = TlsRecord.ReadHeader(header);
        if (type != TlsRecord.Handshake || version >> 8 != 3)
        {
            throw new ForwardException(
                ForwardError.ProtocolError,
                $"The client sent {Convert.ToHexStringLower(header)} (hex), which is not the beginning of a TLS greeting.");
        }

        // As much memory as the client has sent bytes, whatever it announces.
        byte[] message = new byte[Math.Min(InitialLength, length)];
        await FillAsync(stream, message, cancellationToken).ConfigureAwait(false);
        while (message.Length < length)
        {
            int count = message.Length;
            Array.Resize(ref message, Math.Min(length, 2 * count));
            await FillAsync(stream, message.AsMemory(count), cancellationToken).ConfigureAwait(false);
        }

        return message;
    }

    private static async ValueTask FillAsync(Stream stream, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false)
            < buffer.Length)
        {
            throw new ForwardException(
                ForwardError.ConnectionClosed, "The client closed the connection before its greeting was complete.");
        }
    }
}
