using System.Buffers;
using System.IO.Compression;

namespace GostNet.Transports.WebSockets;

/// <summary>Compresses messages, each by itself (RFC 7692, section 7.2.1).</summary>
internal sealed class WebSocketDeflater : IDisposable
{
    private readonly Sink _sink = new();

    // What flushing leaves behind a message, and is not sent.
    private static ReadOnlySpan<byte> Tail => [0, 0, 0xFF, 0xFF];

    /// <summary>Compresses a message.</summary>
    /// <param name="message">It, not empty.</param>
    /// <param name="compressed">What is to be sent, good until the next call.</param>
    /// <returns>Whether that is shorter.</returns>
    public bool TryCompress(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> compressed)
    {
        _sink.Begin(message.Length + Tail.Length);
        using (DeflateStream deflate = new(_sink, CompressionLevel.Fastest, leaveOpen: true))
        {
            deflate.Write(message);
            deflate.Flush();
            _sink.End();
        }

        compressed = _sink.Written;
        bool isWhole = !_sink.IsFull && compressed.EndsWith(Tail);
        compressed = isWhole ? compressed[..^Tail.Length] : default;
        return isWhole && compressed.Length < message.Length;
    }

    /// <summary>Holds no buffer until the next message.</summary>
    public void Rest() => _sink.Release();

    public void Dispose() => _sink.Dispose();

    /// <summary>Takes bytes until there are more than there may be, and then none.</summary>
    private sealed class Sink : Stream
    {
        private byte[] _buffer = [];
        private int _limit;
        private int _count;
        private bool _isOver;

        public bool IsFull { get; private set; }

        public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _count);

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public void Begin(int limit)
        {
            if (_buffer.Length < limit)
            {
                Release();
                _buffer = ArrayPool<byte>.Shared.Rent(limit);
            }

            (_limit, _count, _isOver, IsFull) = (limit, 0, false, false);
        }

        public void End() => _isOver = true;

        public void Release()
        {
            if (_buffer.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_buffer);
                _buffer = [];
            }
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            IsFull |= !_isOver && buffer.Length > _limit - _count;
            if (!_isOver && !IsFull)
            {
                buffer.CopyTo(_buffer.AsSpan(_count));
                _count += buffer.Length;
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
