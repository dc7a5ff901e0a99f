using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using GostNet.Internal.Ciphers;

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
        State state = new(Row(Constants), Row(key), Row(key[16..]), Row(nonce));
        State unused = state;
        Permute(ref state, ref unused);
        state.A.GetLower().AsByte().CopyTo(derived);
        state.D.GetLower().AsByte().CopyTo(derived[16..]);
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
        State state1 = new(constants, _key1, _key2, last1);
        State state2 = new(constants, _key1, _key2, last2);
        Permute(ref state1, ref state2);
        ref byte from = ref MemoryMarshal.GetReference(source);
        ref byte to = ref MemoryMarshal.GetReference(destination);
        Write(ref from, ref to, 0, state1.A + constants, state1.B + _key1, state1.C + _key2, state1.D + last1);
        Write(ref from, ref to, 2 * BlockSize, state2.A + constants, state2.B + _key1, state2.C + _key2, state2.D + last2);
    }

    /// <summary>The last row of two blocks: counter and nonce.</summary>
    private Vector256<uint> Last(uint offset)
    {
        ulong counter = _counter + offset;
        return Vector256.Create(counter | _nonceHead, _nonceTail, (counter + 1) | _nonceHead, _nonceTail).AsUInt32();
    }

    /// <summary>The twenty rounds, over two states at a time so that one has something to do while the other waits.</summary>
    /// <remarks>Written out over locals: those that are handed on by reference are not kept in registers.</remarks>
    private static void Permute(ref State state1, ref State state2)
    {
        Vector256<byte> rotation16 = Rotation16;
        Vector256<byte> rotation8 = Rotation8;
        (Vector256<uint> a1, Vector256<uint> b1, Vector256<uint> c1, Vector256<uint> d1) = (state1.A, state1.B, state1.C, state1.D);
        (Vector256<uint> a2, Vector256<uint> b2, Vector256<uint> c2, Vector256<uint> d2) = (state2.A, state2.B, state2.C, state2.D);
        for (int i = 0; i < 10; i++)
        {
            a1 += b1;
            a2 += b2;
            d1 = RotateBytes(d1 ^ a1, rotation16, 16);
            d2 = RotateBytes(d2 ^ a2, rotation16, 16);
            c1 += d1;
            c2 += d2;
            b1 = Rotate(b1 ^ c1, 12);
            b2 = Rotate(b2 ^ c2, 12);
            a1 += b1;
            a2 += b2;
            d1 = RotateBytes(d1 ^ a1, rotation8, 8);
            d2 = RotateBytes(d2 ^ a2, rotation8, 8);
            c1 += d1;
            c2 += d2;
            b1 = Rotate(b1 ^ c1, 7);
            b2 = Rotate(b2 ^ c2, 7);
            b1 = TurnByOne(b1);
            c1 = TurnByTwo(c1);
            d1 = TurnByThree(d1);
            b2 = TurnByOne(b2);
            c2 = TurnByTwo(c2);
            d2 = TurnByThree(d2);
            a1 += b1;
            a2 += b2;
            d1 = RotateBytes(d1 ^ a1, rotation16, 16);
            d2 = RotateBytes(d2 ^ a2, rotation16, 16);
            c1 += d1;
            c2 += d2;
            b1 = Rotate(b1 ^ c1, 12);
            b2 = Rotate(b2 ^ c2, 12);
            a1 += b1;
            a2 += b2;
            d1 = RotateBytes(d1 ^ a1, rotation8, 8);
            d2 = RotateBytes(d2 ^ a2, rotation8, 8);
            c1 += d1;
            c2 += d2;
            b1 = Rotate(b1 ^ c1, 7);
            b2 = Rotate(b2 ^ c2, 7);
            b1 = TurnByThree(b1);
            c1 = TurnByTwo(c1);
            d1 = TurnByOne(d1);
            b2 = TurnByThree(b2);
            c2 = TurnByTwo(c2);
            d2 = TurnByOne(d2);
        }

        state1 = new(a1, b1, c1, d1);
        state2 = new(a2, b2, c2, d2);
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

    // These make columns of the diagonals and back, within each half: what moves words across the whole vector takes three times as long.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> TurnByOne(Vector256<uint> row) => Avx2.IsSupported
        ? Avx2.Shuffle(row, 0b00_11_10_01)
        : Vector256.Shuffle(row, Vector256.Create(1u, 2, 3, 0, 5, 6, 7, 4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> TurnByTwo(Vector256<uint> row) => Avx2.IsSupported
        ? Avx2.Shuffle(row, 0b01_00_11_10)
        : Vector256.Shuffle(row, Vector256.Create(2u, 3, 0, 1, 6, 7, 4, 5));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> TurnByThree(Vector256<uint> row) => Avx2.IsSupported
        ? Avx2.Shuffle(row, 0b10_01_00_11)
        : Vector256.Shuffle(row, Vector256.Create(3u, 0, 1, 2, 7, 4, 5, 6));

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

    /// <summary>The rows of two blocks.</summary>
    private readonly record struct State(Vector256<uint> A, Vector256<uint> B, Vector256<uint> C, Vector256<uint> D);
}
