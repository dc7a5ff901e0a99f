using System.Buffers.Binary;

namespace GostNet.Ssh.Ciphers;

/// <summary>Where the polynomial of <see cref="Poly1305"/> is evaluated: the first half of the key, with some bits cleared.</summary>
internal readonly struct Poly1305Point(ReadOnlySpan<byte> key)
{
    private const ulong LowMask = 0x0fff_fffc_0fff_ffff;
    private const ulong HighMask = 0x0fff_fffc_0fff_fffc;

    /// <summary>Bits 0 to 63.</summary>
    public ulong Low { get; } = BinaryPrimitives.ReadUInt64LittleEndian(key) & LowMask;

    /// <summary>Bits 64 to 127. Its own lowest two are 0.</summary>
    public ulong High { get; } = BinaryPrimitives.ReadUInt64LittleEndian(key[sizeof(ulong)..]) & HighMask;

    /// <summary>What <see cref="High"/> is worth 128 bits above its place: 2^128 is 5/4.</summary>
    public ulong FoldedHigh => High + (High >> 2);
}
