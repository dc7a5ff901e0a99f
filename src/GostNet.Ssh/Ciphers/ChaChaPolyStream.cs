using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using GostNet.Internal.Ciphers;

namespace GostNet.Ssh.Ciphers;

/// <summary>What both directions of chacha20-poly1305@openssh.com need of one packet's key streams (ssh, section 2.7).</summary>
/// <remarks>
/// <para>Two keys: of the second one, only the first four bytes of the stream are used, for the length. Of the first one, block 0 gives
/// the key of the tag, and the body begins with block 1.</para>
/// <para>So does the cipher text of RFC 8439, which is why the system's own can be used for long bodies: its tag is thrown away. That
/// pays where our own code has no vectors of 512 bits.</para>
/// </remarks>
/// <param name="key">The first key, and the second.</param>
/// <param name="minSystemSize">From how many bytes on bodies are left to the system.</param>
internal sealed class ChaChaPolyStream(ReadOnlySpan<byte> key, int minSystemSize) : IDisposable
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
    private readonly ChaCha20Poly1305? _system = minSystemSize < int.MaxValue ? new(key[..KeySize]) : null;
    private ulong _nonce;

    public ChaChaPolyStream(ReadOnlySpan<byte> key)
        : this(key, UsualMinSystemSize)
    {
    }

    private static int UsualMinSystemSize => (Vector512.IsHardwareAccelerated, Vector256.IsHardwareAccelerated) switch
    {
        _ when !ChaCha20Poly1305.IsSupported => int.MaxValue,
        (true, _) => int.MaxValue,
        (_, true) => 4096,
        _ => 256,
    };

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
        if (_system is not null && body.Length >= minSystemSize)
        {
            Span<byte> nonce = stackalloc byte[12];
            BinaryPrimitives.WriteUInt64LittleEndian(nonce[sizeof(uint)..], _nonce);
            Span<byte> unusedTag = stackalloc byte[TagSize];
            _system.Encrypt(nonce, body, body, unusedTag);
            return;
        }

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
        _system?.Dispose();
        CryptographicOperations.ZeroMemory(_start);
    }
}
