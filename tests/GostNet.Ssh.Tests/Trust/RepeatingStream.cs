namespace GostNet.Ssh.Tests.Trust;

/// <summary>Has the same bytes over and over, and then some others: a large file that is nowhere.</summary>
/// <param name="unit">What is repeated.</param>
/// <param name="length">For so many bytes.</param>
/// <param name="end">What follows.</param>
internal sealed class RepeatingStream(byte[] unit, long length, byte[] end) : Stream
{
    private readonly byte[] _end = end;
    private long _position;

    public RepeatingStream(byte unit, long length, byte[] end)
        : this(Enumerable.Repeat(unit, 1 << 16).ToArray(), length, end)
    {
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _position; set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        ReadOnlySpan<byte> source = _position < length
            ? unit.AsSpan((int)(_position % unit.Length))
            : _end.AsSpan((int)Math.Min(_end.Length, _position - length));
        int count = (int)Math.Min(Math.Min(buffer.Length, source.Length), _position < length ? length - _position : long.MaxValue);
        source[..count].CopyTo(buffer);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
