using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace GostNet.Ssh.Wire;

/// <summary>Writes the data types of RFC 4251, section 5, into a buffer that grows. For messages that are few; data has a way of its
/// own.</summary>
internal sealed class SshWriter
{
    private byte[] _buffer;
    private int _length;

    public SshWriter(int capacity = 256) => _buffer = new byte[capacity];

    /// <summary>Begins a message.</summary>
    public static SshWriter Message(byte number) => new SshWriter().Byte(number);

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, _length);

    public int Length => _length;

    public byte[] ToArray() => Written.ToArray();

    public SshWriter Byte(byte value)
    {
        Reserve(1)[0] = value;
        return this;
    }

    public SshWriter Boolean(bool value) => Byte(value ? (byte)1 : (byte)0);

    public SshWriter UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(Reserve(sizeof(uint)), value);
        return this;
    }

    public SshWriter UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(Reserve(sizeof(ulong)), value);
        return this;
    }

    /// <summary>Bytes without a length of their own.</summary>
    public SshWriter Bytes(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Reserve(value.Length));
        return this;
    }

    public SshWriter String(ReadOnlySpan<byte> value) => UInt32((uint)value.Length).Bytes(value);

    /// <summary>A string of text, in UTF-8.</summary>
    public SshWriter Text(string value)
    {
        UInt32((uint)Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value, Reserve(Encoding.UTF8.GetByteCount(value)));
        return this;
    }

    public SshWriter NameList(IEnumerable<string> names) => Text(string.Join(',', names));

    /// <summary>An mpint that is not negative.</summary>
    /// <param name="value">Its bytes, the most significant first; leading zeros are dropped.</param>
    public SshWriter Mpint(ReadOnlySpan<byte> value)
    {
        value = value.TrimStart((byte)0);
        bool needsZero = !value.IsEmpty && value[0] >= 0x80;
        UInt32((uint)(value.Length + (needsZero ? 1 : 0)));
        return needsZero ? Byte(0).Bytes(value) : Bytes(value);
    }

    /// <summary>Forgets what was written, and overwrites it: it may have been a secret.</summary>
    public void Clear()
    {
        CryptographicOperations.ZeroMemory(_buffer.AsSpan(0, _length));
        _length = 0;
    }

    private Span<byte> Reserve(int count)
    {
        if (_buffer.Length - _length < count)
        {
            byte[] larger = new byte[Math.Max(_length + count, 2 * _buffer.Length)];
            Written.CopyTo(larger);
            CryptographicOperations.ZeroMemory(_buffer.AsSpan(0, _length));
            _buffer = larger;
        }

        Span<byte> space = _buffer.AsSpan(_length, count);
        _length += count;
        return space;
    }
}
