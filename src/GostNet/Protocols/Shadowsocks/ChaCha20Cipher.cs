using System.Buffers.Binary;
using GostNet.Internal.Ciphers;

namespace GostNet.Protocols.Shadowsocks;

/// <summary>ChaCha20 in its three forms: the original with a nonce of 8 bytes and a block counter of 64 bits, that of RFC 8439 with 12
/// bytes and 32 bits, and XChaCha20 with 24 bytes (proxies, section 5.2). The counter begins at 0.</summary>
internal sealed class ChaCha20Cipher : StreamCipher
{
    private const int BatchSize = ChaCha20Blocks.BatchSize;

    private readonly byte[] _keyStream = new byte[BatchSize];
    private readonly ChaCha20Blocks _blocks;
    private readonly ulong _nonceHead; // the second word of the last row, in its place, if that is not the counter's
    private readonly ulong _nonceTail;
    private readonly ulong _maxCounter;
    private ulong _counter;
    private int _used = BatchSize;

    public ChaCha20Cipher(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce)
    {
        Span<byte> derived = new byte[32];
        if (nonce.Length == 24)
        {
            ChaCha20Blocks.DeriveKey(key, nonce[..16], derived);
            key = derived;
            nonce = nonce[16..];
        }

        _blocks = new(key);
        _nonceHead = nonce.Length == 12 ? (ulong)BinaryPrimitives.ReadUInt32LittleEndian(nonce) << 32 : 0;
        _nonceTail = BinaryPrimitives.ReadUInt64LittleEndian(nonce[^8..]);
        _maxCounter = nonce.Length == 12 ? uint.MaxValue : ulong.MaxValue;
    }

    public override void Transform(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int left = Math.Min(BatchSize - _used, source.Length);
        Xor(source[..left], _keyStream.AsSpan(_used), destination);
        _used += left;
        int whole = (source.Length - left) / BatchSize * BatchSize;
        TransformBlocks(source.Slice(left, whole), destination[left..]);
        left += whole;
        if (left < source.Length)
        {
            _keyStream.AsSpan().Clear();
            TransformBlocks(_keyStream, _keyStream);
            _used = source.Length - left;
            Xor(source[left..], _keyStream, destination[left..]);
        }
    }

    public override void Dispose() => _blocks.Dispose();

    private void TransformBlocks(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        ulong count = (uint)source.Length / ChaCha20Blocks.BlockSize;
        if (_counter > _maxCounter - count)
        {
            throw new ForwardException(ForwardError.ProtocolError, "The key stream of a Shadowsocks connection is used up.");
        }

        _blocks.Transform(_counter | _nonceHead, _nonceTail, source, destination);
        _counter += count;
    }
}
