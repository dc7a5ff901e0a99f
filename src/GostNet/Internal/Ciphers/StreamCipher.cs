using System.Numerics;
using System.Runtime.InteropServices;

namespace GostNet.Internal.Ciphers;

/// <summary>A cipher that turns bytes into as many others, one after the other, in one direction.</summary>
internal abstract class StreamCipher : IDisposable
{
    /// <summary>Encrypts or decrypts what follows on what was given before.</summary>
    /// <param name="source">The bytes; any number of them.</param>
    /// <param name="destination">Takes as many. It may be the source itself, and must not overlap it otherwise.</param>
    public abstract void Transform(ReadOnlySpan<byte> source, Span<byte> destination);

    public abstract void Dispose();

    /// <summary>Adds a key stream to bytes.</summary>
    public static void Xor(ReadOnlySpan<byte> source, ReadOnlySpan<byte> keyStream, Span<byte> destination)
    {
        keyStream = keyStream[..source.Length];
        destination = destination[..source.Length];
        ReadOnlySpan<Vector<byte>> sources = MemoryMarshal.Cast<byte, Vector<byte>>(source);
        ReadOnlySpan<Vector<byte>> keys = MemoryMarshal.Cast<byte, Vector<byte>>(keyStream);
        Span<Vector<byte>> destinations = MemoryMarshal.Cast<byte, Vector<byte>>(destination);
        for (int i = 0; i < destinations.Length; i++)
        {
            destinations[i] = sources[i] ^ keys[i];
        }

        for (int i = destinations.Length * Vector<byte>.Count; i < destination.Length; i++)
        {
            destination[i] = (byte)(source[i] ^ keyStream[i]);
        }
    }
}
