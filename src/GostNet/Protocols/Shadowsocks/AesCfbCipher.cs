using System.Security.Cryptography;
using GostNet.Internal.Ciphers;

namespace GostNet.Protocols.Shadowsocks;

/// <summary>AES with the feedback of whole blocks (CFB-128), over a stream that may stop anywhere (proxies, section 5.2).</summary>
/// <remarks>
/// <para>Whole blocks go in bulk: to encrypt, by the system's CFB; to decrypt, by encrypting all the blocks of cipher text at once. A
/// block that is cut is done byte by byte, with the key stream that the block before it gives.</para>
/// <para>A class each, because only encrypting needs to wait for each block before the next one.</para>
/// </remarks>
internal abstract class AesCfbCipher : StreamCipher
{
    private const int BlockSize = 16;
    private const int BulkSize = 256 * BlockSize;

    private readonly byte[] _register; // the last whole block of cipher text
    private readonly byte[] _keyStream = new byte[BlockSize];
    private readonly byte[] _source = new byte[BlockSize]; // of the block that is cut
    private readonly byte[] _destination = new byte[BlockSize];
    private int _position;

    private AesCfbCipher(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv)
    {
        Blocks = AesBlocks.Create(key);
        _register = iv.ToArray();
    }

    private ICryptoTransform Blocks { get; }

    private byte[] In { get; } = new byte[BulkSize];

    private byte[] Out { get; } = new byte[BulkSize];

    public static AesCfbCipher Create(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, bool encrypts) =>
        encrypts ? new Encryption(key, iv) : new Decryption(key, iv);

    public sealed override void Transform(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        while (!source.IsEmpty)
        {
            int count = Math.Min(source.Length & -BlockSize, BulkSize);
            if (_position > 0 || count == 0)
            {
                count = TransformPart(source, destination);
            }
            else
            {
                TransformBlocks(source[..count], destination[..count], _register);
            }

            source = source[count..];
            destination = destination[count..];
        }
    }

    public override void Dispose() => Blocks.Dispose();

    /// <summary>Transforms whole blocks, <see cref="BulkSize"/> at most.</summary>
    /// <param name="source">The blocks.</param>
    /// <param name="destination">Takes them.</param>
    /// <param name="register">The block of cipher text before them; takes the last one of them.</param>
    protected abstract void TransformBlocks(ReadOnlySpan<byte> source, Span<byte> destination, Span<byte> register);

    /// <summary>A block that was cut is whole.</summary>
    /// <returns>Its cipher text.</returns>
    protected abstract byte[] Complete(byte[] source, byte[] destination);

    private int TransformPart(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (_position == 0)
        {
            Blocks.TransformBlock(_register, 0, BlockSize, _keyStream, 0);
        }

        int count = Math.Min(source.Length, BlockSize - _position);
        for (int i = 0; i < count; i++, _position++)
        {
            _source[_position] = source[i];
            destination[i] = _destination[_position] = (byte)(source[i] ^ _keyStream[_position]);
        }

        if (_position == BlockSize)
        {
            Complete(_source, _destination).CopyTo(_register, 0);
            _position = 0;
        }

        return count;
    }

    private sealed class Encryption(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv) : AesCfbCipher(key, iv)
    {
        private readonly ICryptoTransform _feedback = AesBlocks.CreateFeedback(key, iv);

        protected override void TransformBlocks(ReadOnlySpan<byte> source, Span<byte> destination, Span<byte> register)
        {
            source.CopyTo(In);
            _feedback.TransformBlock(In, 0, source.Length, Out, 0);
            Out.AsSpan(0, source.Length).CopyTo(destination);
            Out.AsSpan(source.Length - BlockSize, BlockSize).CopyTo(register);
        }

        protected override byte[] Complete(byte[] source, byte[] destination)
        {
            _feedback.TransformBlock(source, 0, BlockSize, Out, 0); // brings its own register up to date
            return destination;
        }

        public override void Dispose()
        {
            _feedback.Dispose();
            base.Dispose();
        }
    }

    private sealed class Decryption(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv) : AesCfbCipher(key, iv)
    {
        protected override void TransformBlocks(ReadOnlySpan<byte> source, Span<byte> destination, Span<byte> register)
        {
            register.CopyTo(In);
            source[..^BlockSize].CopyTo(In.AsSpan(BlockSize));
            source[^BlockSize..].CopyTo(register);
            Blocks.TransformBlock(In, 0, source.Length, Out, 0);
            Xor(source, Out, destination);
        }

        protected override byte[] Complete(byte[] source, byte[] destination) => source;
    }
}
