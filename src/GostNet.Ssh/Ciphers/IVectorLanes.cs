using System.Diagnostics.CodeAnalysis;

namespace GostNet.Ssh.Ciphers;

/// <summary>What <see cref="Poly1305Lanes{TVector,TLanes}"/> needs of a vector of 64-bit numbers, whatever its width.</summary>
internal interface IVectorLanes<TVector>
    where TVector : struct
{
    /// <summary>How many numbers there are in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>Which block of a group <see cref="Load"/> puts into each lane.</summary>
    static abstract ReadOnlySpan<byte> Order { get; }

    /// <summary>The same number in all lanes.</summary>
    static abstract TVector Create(ulong value);

    /// <summary>A number for each lane.</summary>
    static abstract TVector Create(ReadOnlySpan<ulong> values);

    /// <summary>Loads a group of blocks of 16 bytes, one for each lane: the lower half of each, and the upper half.</summary>
    static abstract void Load(ref byte from, out TVector low, out TVector high);

    /// <summary>Multiplies the lower 32 bits of the lanes to 64 bits.</summary>
    static abstract TVector Multiply(TVector left, TVector right);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector And(TVector left, TVector right);

    static abstract TVector ShiftLeft(TVector value, [ConstantExpected] int bits);

    static abstract TVector ShiftRight(TVector value, [ConstantExpected] int bits);

    /// <summary>Adds the lanes up.</summary>
    static abstract ulong Sum(TVector value);
}
