using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GostNet.Ssh.Ciphers;

/// <summary>Vectors of 256 bits.</summary>
internal readonly struct VectorOf4 : IVectorLanes<Vector256<ulong>>
{
    public static int Count => 4;

    public static ReadOnlySpan<byte> Order => [0, 2, 1, 3];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Create(ulong value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Create(ReadOnlySpan<ulong> values) => Vector256.Create(values);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(ref byte from, out Vector256<ulong> low, out Vector256<ulong> high)
    {
        Vector256<ulong> first = Vector256.LoadUnsafe(ref from).AsUInt64();
        Vector256<ulong> second = Vector256.LoadUnsafe(ref from, (nuint)Vector256<byte>.Count).AsUInt64();
        low = Avx2.UnpackLow(first, second);
        high = Avx2.UnpackHigh(first, second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Multiply(Vector256<ulong> left, Vector256<ulong> right) =>
        Avx2.Multiply(left.AsUInt32(), right.AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Add(Vector256<ulong> left, Vector256<ulong> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> And(Vector256<ulong> left, Vector256<ulong> right) => left & right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> ShiftLeft(Vector256<ulong> value, [ConstantExpected] int bits) => value << bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> ShiftRight(Vector256<ulong> value, [ConstantExpected] int bits) => value >>> bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Sum(Vector256<ulong> value) => Vector256.Sum(value);
}
