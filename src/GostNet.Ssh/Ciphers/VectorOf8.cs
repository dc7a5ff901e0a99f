using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GostNet.Ssh.Ciphers;

/// <summary>Vectors of 512 bits.</summary>
internal readonly struct VectorOf8 : IVectorLanes<Vector512<ulong>>
{
    public static int Count => 8;

    public static ReadOnlySpan<byte> Order => [0, 4, 1, 5, 2, 6, 3, 7];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Create(ulong value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Create(ReadOnlySpan<ulong> values) => Vector512.Create(values);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(ref byte from, out Vector512<ulong> low, out Vector512<ulong> high)
    {
        Vector512<ulong> first = Vector512.LoadUnsafe(ref from).AsUInt64();
        Vector512<ulong> second = Vector512.LoadUnsafe(ref from, (nuint)Vector512<byte>.Count).AsUInt64();
        low = Avx512F.UnpackLow(first, second);
        high = Avx512F.UnpackHigh(first, second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Multiply(Vector512<ulong> left, Vector512<ulong> right) =>
        Avx512F.Multiply(left.AsUInt32(), right.AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Add(Vector512<ulong> left, Vector512<ulong> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> And(Vector512<ulong> left, Vector512<ulong> right) => left & right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> ShiftLeft(Vector512<ulong> value, [ConstantExpected] int bits) => value << bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> ShiftRight(Vector512<ulong> value, [ConstantExpected] int bits) => value >>> bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Sum(Vector512<ulong> value) => Vector512.Sum(value);
}
