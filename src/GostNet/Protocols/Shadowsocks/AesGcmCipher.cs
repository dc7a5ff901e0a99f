using System.Security.Cryptography;

namespace GostNet.Protocols.Shadowsocks;

/// <summary>AES-GCM.</summary>
internal sealed class AesGcmCipher(ReadOnlySpan<byte> key) : AeadCipher
{
    private readonly AesGcm _aes = new(key, TagSize);

    public override void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> source, Span<byte> destination) =>
        _aes.Encrypt(nonce, source, destination[..source.Length], destination.Slice(source.Length, TagSize));

    public override bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        try
        {
            _aes.Decrypt(nonce, source[..^TagSize], source[^TagSize..], destination[..(source.Length - TagSize)]);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    public override void Dispose() => _aes.Dispose();
}
