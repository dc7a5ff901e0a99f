using System.Security.Cryptography;

namespace GostNet.Protocols.Shadowsocks;

/// <summary>ChaCha20-Poly1305 (RFC 8439), by the system where it has it, which is much faster than <see cref="BouncyCastleCiphers"/>.</summary>
internal sealed class ChaCha20Poly1305Cipher(ReadOnlySpan<byte> key) : AeadCipher
{
    private readonly ChaCha20Poly1305 _cipher = new(key);

    public override void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> source, Span<byte> destination) =>
        _cipher.Encrypt(nonce, source, destination[..source.Length], destination.Slice(source.Length, TagSize));

    public override bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        try
        {
            _cipher.Decrypt(nonce, source[..^TagSize], source[^TagSize..], destination[..(source.Length - TagSize)]);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    public override void Dispose() => _cipher.Dispose();
}
