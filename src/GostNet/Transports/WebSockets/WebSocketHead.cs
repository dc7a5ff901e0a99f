using System.Buffers;
using GostNet.Internal.Http;

namespace GostNet.Transports.WebSockets;

/// <summary>The bytes of a handshake as they arrive: a head, and what comes behind it.</summary>
internal sealed class WebSocketHead : IDisposable
{
    /// <summary>How long all heads together may be (transports, section 10).</summary>
    public const int MaxLength = 16 * 1024;

    private const int InitialLength = 2 * 1024;

    private byte[] _buffer = [];
    private int _start;
    private int _end;

    /// <summary>What has arrived and was not taken yet. Good until the next read.</summary>
    public ReadOnlyMemory<byte> Rest => _buffer.AsMemory(_start, _end - _start);

    /// <summary>Reads until a whole head is there.</summary>
    /// <returns>The head, good until the next read.</returns>
    /// <exception cref="ForwardException"><see cref="ForwardError.ConnectionClosed"/>, or <see cref="ForwardError.ProtocolError"/> if it
    /// is too long.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(Stream stream, string peer, CancellationToken cancellationToken)
    {
        int scanned = 0;
        while (true)
        {
            int length = HttpLines.FindHeadEnd(Rest.Span, scanned);
            if (length >= 0)
            {
                ReadOnlyMemory<byte> head = Rest[..length];
                _start += length;
                return head;
            }

            scanned = Rest.Length;
            if (_end == MaxLength)
            {
                throw new ForwardException(ForwardError.ProtocolError, $"The WebSocket {peer} sent a head of more than {MaxLength} bytes.");
            }

            int count = await FillAsync(stream, cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                throw new ForwardException(
                    ForwardError.ConnectionClosed, $"The WebSocket {peer} closed the connection before the handshake was complete.");
            }
        }
    }

    /// <summary>Reads on.</summary>
    /// <returns>How many bytes came, 0 if there is no more or no room.</returns>
    public async ValueTask<int> FillAsync(Stream stream, CancellationToken cancellationToken)
    {
        if (_end == MaxLength)
        {
            return 0;
        }

        if (_buffer.Length == 0)
        {
            await stream.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false); // holds nothing for a peer that is silent
        }

        if (_end == _buffer.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(InitialLength, 2 * _end));
            _buffer.AsSpan(0, _end).CopyTo(larger);
            Dispose();
            _buffer = larger;
        }

        int room = Math.Min(_buffer.Length, MaxLength);
        int count = await stream.ReadAsync(_buffer.AsMemory(_end, room - _end), cancellationToken).ConfigureAwait(false);
        _end += count;
        return count;
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }
}
