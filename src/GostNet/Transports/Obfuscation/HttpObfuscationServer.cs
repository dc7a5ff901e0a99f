using GostNet.Internal;
using GostNet.Internal.Http;

namespace GostNet.Transports.Obfuscation;

/// <summary>The server side of <c>ohttp</c> (transports, section 5.7).</summary>
/// <remarks>The response leaves at once. GOST holds it back until the target has something to say, if the request came with payload; its
/// client takes either. So nothing of the layer is left once it has started, but for payload that came with the request.</remarks>
internal sealed class HttpObfuscationServer(TimeProvider time) : IConnectionLayer
{
    private const int InitialLength = 1024;

    // How long a client that is refused may take to read why, and how much it may still send.
    private static readonly TimeSpan LingerTimeout = TimeSpan.FromSeconds(1);
    private const int MaxLingerBytes = 64 * 1024;

    public async ValueTask<IConnection> StartAsync(IConnection carrier, CancellationToken cancellationToken)
    {
        Stream stream = carrier.Stream;
        byte[] buffer = new byte[InitialLength];
        int end = 0;
        int scanned = 0;
        int length;
        while ((length = HttpLines.FindHeadEnd(buffer.AsSpan(0, end), scanned)) < 0)
        {
            scanned = end;
            if (end == HttpObfuscationCodec.MaxHeadLength)
            {
                throw await RefuseAsync(
                    carrier, HttpObfuscationCodec.BadRequest, $"a head of more than {end} bytes", cancellationToken).ConfigureAwait(false);
            }

            if (end == buffer.Length)
            {
                Array.Resize(ref buffer, Math.Min(HttpObfuscationCodec.MaxHeadLength, 4 * end));
            }

            int count = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken).ConfigureAwait(false);
            end += count > 0
                ? count
                : throw new ForwardException(ForwardError.ConnectionClosed, "The client closed the connection before its request was complete.");
        }

        ReadOnlyMemory<byte> answer = HttpObfuscationCodec.ReadRequest(buffer.AsMemory(0, length), out ReadOnlySpan<byte> key);
        if (!answer.IsEmpty)
        {
            throw await RefuseAsync(carrier, answer, "something else than a request for a WebSocket", cancellationToken).ConfigureAwait(false);
        }

        await stream.WriteAsync(HttpObfuscationCodec.CreateResponse(key, time.GetUtcNow()), cancellationToken).ConfigureAwait(false);
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        return PrefixedConnection.Create(buffer.AsSpan(length, end - length), carrier);
    }

    /// <summary>Answers, and lets the client read it: a connection that is closed with bytes unread takes the answer with it.</summary>
    private async ValueTask<ForwardException> RefuseAsync(
        IConnection carrier, ReadOnlyMemory<byte> answer, string what, CancellationToken cancellationToken)
    {
        var reason = new ForwardException(ForwardError.ProtocolError, $"The client sent {what}.");
        using var limit = new CancellationTokenSource(LingerTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await carrier.Stream.WriteAsync(answer, either.Token).ConfigureAwait(false);
            await carrier.CompleteWritesAsync(either.Token).ConfigureAwait(false);
            byte[] rest = new byte[InitialLength];
            for (int total = 0, count = 1; count > 0 && total < MaxLingerBytes; total += count)
            {
                count = await carrier.Stream.ReadAsync(rest, either.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // It had its chance.
        }

        return reason;
    }
}
