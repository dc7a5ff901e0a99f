using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GostNet.Protocols.Shadowsocks;

/// <summary>ChaCha20 in its three forms: the original with a nonce of 8 bytes and a block counter of 64 bits, that of RFC 8439 with 12
/// bytes and 32 bits, and XChaCha20 with 24 bytes (proxies, section 5.2). The counter begins at 0.</summary>
/// <remarks>Four blocks at a time: each vector holds one row of the state of two blocks. The state is little-endian, as is every machine
/// that this runs on.</remarks>
internal sealed class ChaCha20Cipher : StreamCipher
{
    private const int BlockSize = 64;
    private const int BatchSize = 4 * BlockSize;

    private readonly byte[] _keyStream = new byte[BatchSize];
    private readonly Vector256<uint> _key1;
    private readonly Vector256<uint> _key2;
    private readonly ulong _nonceHead; // the second word of the last row, in its place, if that is not the counter's
    private readonly ulong _nonceTail;
    private readonly ulong _maxCounter;
    private ulong _counter;
    private int _used = BatchSize;

    public ChaCha20Cipher(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce)
    {
        Span<byte> derived = new byte[32];
        if (nonce.Length == 24)
        {
            DeriveKey(key, nonce[..16], derived);
            key = derived;
            nonce = nonce[16..];
        }

        _key1 = Row(key);
        _key2 = Row(key[16..]);
        _nonceHead = nonce.Length == 12 ? (ulong)BinaryPrimitives.ReadUInt32LittleEndian(nonce) << 32 : 0;
        _nonceTail = BinaryPrimitives.ReadUInt64LittleEndian(nonce[^8..]);
        _maxCounter = nonce.Length == 12 ? uint.MaxValue : ulong.MaxValue;
    }

    private static ReadOnlySpan<byte> Constants => "expand 32-byte k"u8;

    public override void Transform(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int left = Math.Min(BatchSize - _used, source.Length);
        Xor(source[..left], _keyStream.AsSpan(_used), destination);
        _used += left;
        for (; source.Length - left >= BatchSize; left += BatchSize)
        {
            TransformBatch(source.Slice(left, BatchSize), destination.Slice(left, BatchSize));
        }

        if (left < source.Length)
        {
            _keyStream.AsSpan().Clear();
            TransformBatch(_keyStream, _keyStream);
            _used = source.Length - left;
            Xor(source[left..], _keyStream, destination[left..]);
        }
    }

    public override void Dispose()
    {
    }

    private static Vector256<uint> Row(ReadOnlySpan<byte> bytes)
    {
        Vector128<uint> row = Vector128.Create(bytes[..16]).AsUInt32();
        return Vector256.Create(row, row);
    }

    /// <summary>HChaCha20.</summary>
    private static void DeriveKey(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, Span<byte> derived)
    {
        (Vector256<uint> a, Vector256<uint> b, Vector256<uint> c, Vector256<uint> d) = (Row(Constants), Row(key), Row(key[16..]), Row(nonce));
        for (int i = 0; i < 10; i++)
        {
            Round(ref a, ref b, ref c, ref d);
            Turn(ref b, ref c, ref d);
            Round(ref a, ref b, ref c, ref d);
            TurnBack(ref b, ref c, ref d);
        }

        a.GetLower().AsByte().CopyTo(derived);
        d.GetLower().AsByte().CopyTo(derived[16..]);
    }

    private void TransformBatch(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (_counter > _maxCounter - 4)
        {
            throw new ForwardException(ForwardError.ProtocolError, "The key stream of a Shadowsocks connection is used up.");
        }

        Vector256<uint> constants = Row(Constants);
        Vector256<uint> last1 = Last(0);
        Vector256<uint> last2 = Last(2);
        _counter += 4;
        (Vector256<uint> a1, Vector256<uint> b1, Vector256<uint> c1, Vector256<uint> d1) = (constants, _key1, _key2, last1);
        (Vector256<uint> a2, Vector256<uint> b2, Vector256<uint> c2, Vector256<uint> d2) = (constants, _key1, _key2, last2);
        for (int i = 0; i < 10; i++)
        {
            Round(ref a1, ref b1, ref c1, ref d1);
            Round(ref a2, ref b2, ref c2, ref d2);
            Turn(ref b1, ref c1, ref d1);
            Turn(ref b2, ref c2, ref d2);
            Round(ref a1, ref b1, ref c1, ref d1);
            Round(ref a2, ref b2, ref c2, ref d2);
            TurnBack(ref b1, ref c1, ref d1);
            TurnBack(ref b2, ref c2, ref d2);
        }

        ref byte from = ref MemoryMarshal.GetReference(source);
        ref byte to = ref MemoryMarshal.GetReference(destination);
        Write(ref from, ref to, 0, a1 + constants, b1 + _key1, c1 + _key2, d1 + last1);
        Write(ref from, ref to, 2 * BlockSize, a2 + constants, b2 + _key1, c2 + _key2, d2 + last2);
    }

    /// <summary>The last row of two blocks: counter and nonce.</summary>
    private Vector256<uint> Last(uint offset)
    {
        ulong counter = _counter + offset;
        return Vector256.Create(counter | _nonceHead, _nonceTail, (counter + 1) | _nonceHead, _nonceTail).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(ref Vector256<uint> a, ref Vector256<uint> b, ref Vector256<uint> c, ref Vector256<uint> d)
    {
        a += b;
        d = RotateBytes(d ^ a, Rotation16, 16);
        c += d;
        b = Rotate(b ^ c, 12);
        a += b;
        d = RotateBytes(d ^ a, Rotation8, 8);
        c += d;
        b = Rotate(b ^ c, 7);
    }

    private static Vector256<byte> Rotation16 => Vector256.Create(
        (byte)2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);

    private static Vector256<byte> Rotation8 => Vector256.Create(
        (byte)3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14, 3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Rotate(Vector256<uint> row, int bits) => (row << bits) | (row >>> (32 - bits));

    /// <summary>The same in one instruction, where there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> RotateBytes(Vector256<uint> row, Vector256<byte> order, int bits) =>
        Avx2.IsSupported ? Avx2.Shuffle(row.AsByte(), order).AsUInt32() : Rotate(row, bits);

    /// <summary>Makes columns of the diagonals.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turn(ref Vector256<uint> b, ref Vector256<uint> c, ref Vector256<uint> d)
    {
        b = Vector256.Shuffle(b, Vector256.Create(1u, 2, 3, 0, 5, 6, 7, 4));
        c = Vector256.Shuffle(c, Vector256.Create(2u, 3, 0, 1, 6, 7, 4, 5));
        d = Vector256.Shuffle(d, Vector256.Create(3u, 0, 1, 2, 7, 4, 5, 6));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TurnBack(ref Vector256<uint> b, ref Vector256<uint> c, ref Vector256<uint> d)
    {
        b = Vector256.Shuffle(b, Vector256.Create(3u, 0, 1, 2, 7, 4, 5, 6));
        c = Vector256.Shuffle(c, Vector256.Create(2u, 3, 0, 1, 6, 7, 4, 5));
        d = Vector256.Shuffle(d, Vector256.Create(1u, 2, 3, 0, 5, 6, 7, 4));
    }

    /// <summary>Adds the key stream of two blocks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(
        ref byte from, ref byte to, nuint offset, Vector256<uint> a, Vector256<uint> b, Vector256<uint> c, Vector256<uint> d)
    {
        const int Half = BlockSize / 2;
        Add(ref from, ref to, offset, Vector256.Create(a.GetLower(), b.GetLower()));
        Add(ref from, ref to, offset + Half, Vector256.Create(c.GetLower(), d.GetLower()));
        Add(ref from, ref to, offset + BlockSize, Vector256.Create(a.GetUpper(), b.GetUpper()));
        Add(ref from, ref to, offset + BlockSize + Half, Vector256.Create(c.GetUpper(), d.GetUpper()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(ref byte from, ref byte to, nuint offset, Vector256<uint> keyStream) =>
        (Vector256.LoadUnsafe(ref from, offset) ^ keyStream.AsByte()).StoreUnsafe(ref to, offset);
}
