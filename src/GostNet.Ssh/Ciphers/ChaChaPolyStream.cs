using System.Buffers.Binary;
using System.Security.Cryptography;
using GostNet.Internal.Ciphers;

namespace GostNet.Ssh.Ciphers;

/// <summary>What both directions of chacha20-poly1305@openssh.com need of one packet's key streams (ssh, section 2.7).</summary>
/// <remarks>Two keys: of the second one, only the first four bytes of the stream are used, for the length. Of the first one, block 0
/// gives the key of the tag, and the body begins with block 1.</remarks>
internal sealed class ChaChaPolyStream(ReadOnlySpan<byte> key) : IDisposable
{
    /// <summary>What the padded part has to be a multiple of, in bytes.</summary>
    public const int BlockSize = 8;

    /// <summary>Bytes of tag.</summary>
    public const int TagSize = Poly1305.TagSize;

    private const int KeySize = 32;
    private const int HeadBlocks = 2;

    private readonly ChaCha20Blocks _bodyKey = new(key[..KeySize]);
    private readonly ChaCha20Blocks _lengthKey = new(key[KeySize..]);
    private readonly byte[] _start = new byte[ChaCha20Blocks.BatchSize]; // blocks 0 to 2, and block 0 of the length's key
    private ulong _nonce;

    private ReadOnlySpan<byte> TagKey => _start.AsSpan(0, Poly1305.KeySize);

    private ReadOnlySpan<byte> Head => _start.AsSpan(ChaCha20Blocks.BlockSize, HeadBlocks * ChaCha20Blocks.BlockSize);

    private ReadOnlySpan<byte> LengthStream => _start.AsSpan((1 + HeadBlocks) * ChaCha20Blocks.BlockSize);

    /// <summary>Goes on to a packet.</summary>
    public void Begin(uint sequenceNumber)
    {
        _nonce = BinaryPrimitives.ReverseEndianness((ulong)sequenceNumber);
        _bodyKey.Begin(_lengthKey, _nonce, _start);
    }

    /// <summary>Encrypts or decrypts the length.</summary>
    public uint Transform(uint length) => length ^ BinaryPrimitives.ReadUInt32BigEndian(LengthStream);

    /// <summary>Encrypts or decrypts what follows the length.</summary>
    public void Transform(Span<byte> body)
    {
        Span<byte> head = body[..Math.Min(body.Length, Head.Length)];
        StreamCipher.Xor(head, Head, head);
        Span<byte> rest = body[head.Length..];
        _bodyKey.Transform(1 + HeadBlocks, _nonce, rest, rest);
    }

    /// <summary>The tag of what was encrypted.</summary>
    public void ComputeTag(ReadOnlySpan<byte> packet, Span<byte> tag) => Poly1305.Compute(TagKey, packet, tag);

    public void Dispose()
    {
        _bodyKey.Dispose();
        _lengthKey.Dispose();
        CryptographicOperations.ZeroMemory(_start);
    }
}
