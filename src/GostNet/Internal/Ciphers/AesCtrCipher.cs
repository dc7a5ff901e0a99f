using System.Buffers.Binary;
using System.Security.Cryptography;

namespace GostNet.Internal.Ciphers;

/// <summary>AES in counter mode: the IV is the first counter, of 128 bits, big-endian.</summary>
internal sealed class AesCtrCipher : StreamCipher
{
    private const int BlockSize = 16;
    private const int MaxBlocks = 256;

    private readonly ICryptoTransform _aes;
    private readonly byte[] _counters = new byte[MaxBlocks * BlockSize];
    private readonly byte[] _keyStream = new byte[MaxBlocks * BlockSize];
    private UInt128 _counter;
    private int _start;
    private int _end;

    public AesCtrCipher(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv)
    {
        _aes = AesBlocks.Create(key);
        _counter = BinaryPrimitives.ReadUInt128BigEndian(iv);
    }

    public override void Transform(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        while (!source.IsEmpty)
        {
            if (_start == _end)
            {
                Refill(Math.Min(MaxBlocks, (source.Length + BlockSize - 1) / BlockSize));
            }

            int count = Math.Min(source.Length, _end - _start);
            Xor(source[..count], _keyStream.AsSpan(_start), destination);
            _start += count;
            source = source[count..];
            destination = destination[count..];
        }
    }

    public override void Dispose() => _aes.Dispose();

    private void Refill(int blocks)
    {
        for (int i = 0; i < blocks; i++)
        {
            BinaryPrimitives.WriteUInt128BigEndian(_counters.AsSpan(i * BlockSize), _counter++);
        }

        _start = 0;
        _end = _aes.TransformBlock(_counters, 0, blocks * BlockSize, _keyStream, 0);
    }
}
