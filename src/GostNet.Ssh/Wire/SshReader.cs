using System.Buffers.Binary;
using System.Text;

namespace GostNet.Ssh.Wire;

/// <summary>Reads the data types of RFC 4251, section 5, off a payload. Whatever does not fit is a "no", and nothing is allocated by a
/// length that a peer wrote.</summary>
internal ref struct SshReader(ReadOnlySpan<byte> source)
{
    private ReadOnlySpan<byte> _rest = source;

    /// <summary>What has not been read.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public bool TryReadByte(out byte value)
    {
        value = 0;
        if (_rest.IsEmpty)
        {
            return false;
        }

        value = _rest[0];
        _rest = _rest[1..];
        return true;
    }

    /// <summary>Reads a byte of which 0 is false and everything else is true.</summary>
    public bool TryReadBoolean(out bool value)
    {
        bool isRead = TryReadByte(out byte number);
        value = number != 0;
        return isRead;
    }

    public bool TryReadUInt32(out uint value)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(_rest, out value))
        {
            return false;
        }

        _rest = _rest[sizeof(uint)..];
        return true;
    }

    public bool TryReadUInt64(out ulong value)
    {
        if (!BinaryPrimitives.TryReadUInt64BigEndian(_rest, out value))
        {
            return false;
        }

        _rest = _rest[sizeof(ulong)..];
        return true;
    }

    /// <summary>Reads bytes that have no length of their own.</summary>
    public bool TryReadBytes(int count, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (count > _rest.Length)
        {
            return false;
        }

        value = _rest[..count];
        _rest = _rest[count..];
        return true;
    }

    /// <summary>Reads a string: its bytes, which need not be text.</summary>
    public bool TryReadString(out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!BinaryPrimitives.TryReadUInt32BigEndian(_rest, out uint length) || length > (uint)(_rest.Length - sizeof(uint)))
        {
            return false;
        }

        value = _rest.Slice(sizeof(uint), (int)length);
        _rest = _rest[(sizeof(uint) + (int)length)..];
        return true;
    }

    /// <summary>Reads a string of visible ASCII: a name.</summary>
    /// <param name="maxLength">The most characters that it may have.</param>
    /// <param name="value">The name.</param>
    public bool TryReadName(int maxLength, out string value)
    {
        value = "";
        if (!TryReadString(out ReadOnlySpan<byte> bytes) || bytes.Length > maxLength || bytes.ContainsAnyExceptInRange((byte)0x21, (byte)0x7e))
        {
            return false;
        }

        value = Encoding.ASCII.GetString(bytes);
        return true;
    }

    /// <summary>Reads an mpint that is not negative.</summary>
    /// <param name="value">Its bytes without leading zeros, the most significant first; empty for 0.</param>
    public bool TryReadMpint(out ReadOnlySpan<byte> value)
    {
        if (!TryReadString(out value) || (!value.IsEmpty && value[0] >= 0x80))
        {
            return false;
        }

        value = value.TrimStart((byte)0);
        return true;
    }
}
