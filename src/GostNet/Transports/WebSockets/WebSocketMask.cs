using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace GostNet.Transports.WebSockets;

/// <summary>The mask over what a client sends (RFC 6455, section 5.3): four random bytes, again and again.</summary>
internal static class WebSocketMask
{
    private const int MasksAtOnce = 256;

    [ThreadStatic]
    private static uint[]? t_masks;

    [ThreadStatic]
    private static int t_left;

    /// <summary>A mask that nobody can foresee. Random bytes are fetched for many at a time.</summary>
    public static uint Next()
    {
        uint[] masks = t_masks ??= new uint[MasksAtOnce];
        if (t_left == 0)
        {
            RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(masks.AsSpan()));
            t_left = masks.Length;
        }

        return masks[--t_left];
    }

    /// <summary>Copies bytes and masks or unmasks them.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="destination">As many, at the same place in memory, before it, or elsewhere.</param>
    /// <param name="mask">The mask, its bytes in memory as they are on the wire. 0 changes nothing.</param>
    /// <param name="offset">How much of the payload comes before these bytes.</param>
    public static void Apply(ReadOnlySpan<byte> source, Span<byte> destination, uint mask, int offset)
    {
        if (mask == 0)
        {
            source.CopyTo(destination);
            return;
        }

        int turn = (offset & 3) * 8;
        mask = BitConverter.IsLittleEndian ? BitOperations.RotateRight(mask, turn) : BitOperations.RotateLeft(mask, turn);
        int position = 0;
        int end = source.Length;
        destination = destination[..end];
        if (Vector.IsHardwareAccelerated && end >= Vector<byte>.Count)
        {
            // Each part is read before it, or what lies before it, is written: the two may overlap.
            Vector<byte> wide = Vector.AsVectorByte(new Vector<uint>(mask));
            for (; position <= end - Vector<byte>.Count; position += Vector<byte>.Count)
            {
                (new Vector<byte>(source[position..]) ^ wide).CopyTo(destination[position..]);
            }
        }

        for (; position <= end - sizeof(uint); position += sizeof(uint))
        {
            MemoryMarshal.Write(destination[position..], MemoryMarshal.Read<uint>(source[position..]) ^ mask);
        }

        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<uint>(ref mask));
        for (int i = 0; position < end; i++, position++)
        {
            destination[position] = (byte)(source[position] ^ bytes[i]);
        }
    }
}
