using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GostNet.Ssh.Ciphers;

/// <summary>Poly1305 (RFC 8439, section 2.5): the blocks of a message, as numbers, are the coefficients of a polynomial modulo 2^130 - 5.</summary>
internal static class Poly1305
{
    /// <summary>Bytes of a key, which is for one message only.</summary>
    public const int KeySize = 32;

    /// <summary>Bytes of tag.</summary>
    public const int TagSize = 16;

    /// <summary>Bytes of a block.</summary>
    public const int BlockSize = 16;

    /// <summary>From where on vectors pay for the powers that they need, in bytes.</summary>
    private const int MinVectorSize = 256;

    /// <summary>Computes the tag of a message.</summary>
    public static void Compute(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, Span<byte> tag)
    {
        var point = new Poly1305Point(key);
        Poly1305Number sum = default;
        if (message.Length >= MinVectorSize)
        {
            int done = AddWithVectors(point, message, ref sum);
            message = message[done..];
        }

        for (; message.Length >= BlockSize; message = message[BlockSize..])
        {
            sum = sum.Add(message, 1).Multiply(point);
        }

        if (!message.IsEmpty)
        {
            Span<byte> block = stackalloc byte[BlockSize];
            message.CopyTo(block);
            block[message.Length] = 1;
            sum = sum.Add(block, 0).Multiply(point);
        }

        BinaryPrimitives.WriteUInt128LittleEndian(tag, unchecked(sum.Reduce() + BinaryPrimitives.ReadUInt128LittleEndian(key[16..])));
    }

    /// <summary>Takes as many of a message's first blocks as go into vectors.</summary>
    /// <returns>How many bytes.</returns>
    private static int AddWithVectors(in Poly1305Point point, ReadOnlySpan<byte> message, ref Poly1305Number sum)
    {
        if (Vector512.IsHardwareAccelerated && Avx512F.IsSupported)
        {
            return Poly1305Lanes<Vector512<ulong>, VectorOf8>.Start(point, message, out sum);
        }

        return Avx2.IsSupported ? Poly1305Lanes<Vector256<ulong>, VectorOf4>.Start(point, message, out sum) : 0;
    }
}
