using System.Buffers;
using GostNet.Internal.Http;

namespace GostNet.Protocols.Http;

/// <summary>The body of one message, as it comes in: in pieces, each good until the next is asked for.</summary>
/// <param name="input">The peer that sends it, with the head behind it.</param>
/// <param name="framing">How it ends.</param>
/// <param name="keepsChunks">Whether the pieces of a chunked body are chunks, or the data in them.</param>
internal sealed class HttpBody(HttpInput input, HttpFraming framing, bool keepsChunks)
{
    private HttpChunkFilter _filter = new(keepsChunks);
    private long _remaining = framing.Length;
    private int _used;
    private bool _isComplete = !framing.HasBody;

    /// <summary>Whether the last piece has been handed out, so that the peer owes nothing more.</summary>
    public bool IsComplete => Volatile.Read(ref _isComplete);

    /// <summary>The next piece of what has come already; empty if there is none.</summary>
    /// <exception cref="ForwardException"><see cref="ForwardError.ProtocolError"/>: the peer does not keep to the framing.</exception>
    public ReadOnlyMemory<byte> TakeBuffered()
    {
        input.Consume(_used);
        _used = 0;
        if (IsComplete || input.IsEmpty)
        {
            return default;
        }

        Memory<byte> bytes = input.Buffered;
        int kept = bytes.Length;
        switch (framing.Kind)
        {
            case HttpFramingKind.Length:
                kept = (int)Math.Min(_remaining, kept);
                _used = kept;
                _remaining -= kept;
                Volatile.Write(ref _isComplete, _remaining == 0);
                break;
            case HttpFramingKind.Chunked:
                if (_filter.Read(bytes.Span, out _used, out kept) == OperationStatus.InvalidData)
                {
                    throw new ForwardException(ForwardError.ProtocolError, "A chunked body is not one.");
                }

                Volatile.Write(ref _isComplete, _filter.IsComplete);
                break;
            default:
                _used = kept;
                break;
        }

        if (kept == 0)
        {
            input.Consume(_used); // nothing of it goes on
            _used = 0;
        }

        return bytes[..kept];
    }

    /// <summary>The next piece; empty at the end.</summary>
    /// <exception cref="ForwardException"><see cref="ForwardError.ProtocolError"/>: the peer does not keep to the framing.
    /// <see cref="ForwardError.ConnectionClosed"/>: it ended before the body did.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadOnlyMemory<byte> piece = TakeBuffered();
            if (!piece.IsEmpty || IsComplete)
            {
                return piece;
            }

            if (await input.FillAsync(isBulk: true, cancellationToken).ConfigureAwait(false) == 0)
            {
                if (framing.Kind != HttpFramingKind.UntilClose)
                {
                    throw new ForwardException(ForwardError.ConnectionClosed, "The connection ended before the body did.");
                }

                Volatile.Write(ref _isComplete, true);
            }
        }
    }
}
