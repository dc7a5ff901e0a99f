using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;

namespace GostNet.Internal.Ciphers;

/// <summary>The key stream of ChaCha20 under one key, at any place: the counter is 64 bits of the last row, the nonce the other 64. In
/// RFC 8439 the counter's upper half is the first word of the nonce.</summary>
/// <remarks>Four blocks at a time: each vector holds one row of the state of two blocks; or sixteen, where vectors are wide enough for
/// <see cref="ChaCha20WideBlocks"/>. The state is little-endian, as is every machine that this runs on.</remarks>
internal sealed class ChaCha20Blocks(ReadOnlySpan<byte> key) : IDisposable
{
    /// <summary>Bytes of a block.</summary>
    public const int BlockSize = 64;

    /// <summary>Bytes that cost as much as one.</summary>
    public const int BatchSize = 4 * BlockSize;

    private readonly byte[] _key = key.ToArray();

    /// <summary>The first row of every state.</summary>
    public static ReadOnlySpan<byte> Constants => "expand 32-byte k"u8;

    /// <summary>HChaCha20: makes a key of a key and a nonce of 16 bytes.</summary>
    public static void DeriveKey(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, Span<byte> derived)
    {
        State state = new(Row(Constants), Row(key), Row(key[16..]), Row(nonce));
        State unused = state;
        Permute(ref state, ref unused);
        state.A.GetLower().AsByte().CopyTo(derived);
        state.D.GetLower().AsByte().CopyTo(derived[16..]);
    }

    /// <summary>Adds the key stream to bytes.</summary>
    /// <param name="counter">The block that it begins with.</param>
    /// <param name="nonce">The last two words of the state.</param>
    /// <param name="source">The bytes; any number of them.</param>
    /// <param name="destination">Takes as many. It may be the source itself, and must not overlap it otherwise.</param>
    public void Transform(ulong counter, ulong nonce, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int done = 0;
        if (Vector512.IsHardwareAccelerated && Avx512F.IsSupported)
        {
            done = source.Length - (source.Length % ChaCha20WideBlocks.Size);
            ChaCha20WideBlocks.Transform(_key, counter, nonce, source[..done], destination);
            if (source.Length - done > BatchSize)
            {
                Span<byte> rest = stackalloc byte[ChaCha20WideBlocks.Size];
                source[done..].CopyTo(rest);
                ChaCha20WideBlocks.Transform(_key, counter + ((uint)done / BlockSize), nonce, rest, rest);
                rest[..(source.Length - done)].CopyTo(destination[done..]);
                return;
            }
        }

        for (; source.Length - done >= BatchSize; done += BatchSize)
        {
            TransformBatch(counter + ((uint)done / BlockSize), nonce, source.Slice(done, BatchSize), destination.Slice(done, BatchSize));
        }

        if (done < source.Length)
        {
            Span<byte> rest = stackalloc byte[BatchSize];
            source[done..].CopyTo(rest);
            TransformBatch(counter + ((uint)done / BlockSize), nonce, rest, rest);
            rest[..(source.Length - done)].CopyTo(destination[done..]);
        }
    }

    /// <summary>Gives the first three blocks of the key stream and, at no further cost, the first one of another key.</summary>
    /// <param name="other">The other key.</param>
    /// <param name="nonce">The nonce of both.</param>
    /// <param name="keyStream">Takes the four blocks.</param>
    public void Begin(ChaCha20Blocks other, ulong nonce, Span<byte> keyStream)
    {
        keyStream = keyStream[..BatchSize];
        keyStream.Clear();
        State own = Start(0, nonce);
        State others = other.Start(0, nonce);
        State mixed = new(
            own.A,
            Vector256.Create(own.B.GetLower(), others.B.GetLower()),
            Vector256.Create(own.C.GetLower(), others.C.GetLower()),
            Vector256.Create(2, nonce, 0, nonce).AsUInt32());
        Transform(own, mixed, keyStream, keyStream);
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_key);

    private static Vector256<uint> Row(ReadOnlySpan<byte> bytes)
    {
        Vector128<uint> row = Vector128.Create(bytes[..16]).AsUInt32();
        return Vector256.Create(row, row);
    }

    private void TransformBatch(ulong counter, ulong nonce, ReadOnlySpan<byte> source, Span<byte> destination) =>
        Transform(Start(counter, nonce), Start(counter + 2, nonce), source, destination);

    /// <summary>The states that two blocks begin with.</summary>
    private State Start(ulong counter, ulong nonce) =>
        new(Row(Constants), Row(_key), Row(_key.AsSpan(16)), Vector256.Create(counter, nonce, counter + 1, nonce).AsUInt32());

    private static void Transform(in State start1, in State start2, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        State state1 = start1;
        State state2 = start2;
        Permute(ref state1, ref state2);
        ref byte from = ref MemoryMarshal.GetReference(source);
        ref byte to = ref MemoryMarshal.GetReference(destination);
        Write(ref from, ref to, 0, state1.A + start1.A, state1.B + start1.B, state1.C + start1.C, state1.D + start1.D);
        Write(ref from, ref to, 2 * BlockSize, state2.A + start2.A, state2.B + start2.B, state2.C + start2.C, state2.D + start2.D);
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
