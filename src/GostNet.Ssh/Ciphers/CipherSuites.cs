using System.Collections.Frozen;

namespace GostNet.Ssh.Ciphers;

/// <summary>All ciphers and MACs, and what makes packets safe with them (ssh, sections 2.2 and 2.4).</summary>
internal static class CipherSuites
{
    /// <summary>The ciphers by their names, in no order.</summary>
    public static IReadOnlyDictionary<string, CipherAlgorithm> Ciphers { get; } = new CipherAlgorithm[]
    {
        new("aes128-gcm@openssh.com", KeySize: 16, IvSize: 12, IsAead: true),
        new("aes256-gcm@openssh.com", KeySize: 32, IvSize: 12, IsAead: true),
        new("chacha20-poly1305@openssh.com", KeySize: 64, IvSize: 0, IsAead: true),
        new("aes128-ctr", KeySize: 16, IvSize: 16, IsAead: false),
        new("aes192-ctr", KeySize: 24, IvSize: 16, IsAead: false),
        new("aes256-ctr", KeySize: 32, IvSize: 16, IsAead: false),
    }.ToFrozenDictionary(cipher => cipher.Name, StringComparer.Ordinal);

    /// <summary>The MACs by their names, in no order.</summary>
    public static IReadOnlyDictionary<string, MacAlgorithm> Macs { get; } = new MacAlgorithm[]
    {
        new("hmac-sha2-256-etm@openssh.com", KeySize: 32, TagSize: 32, IsEncryptThenMac: true),
        new("hmac-sha2-512-etm@openssh.com", KeySize: 64, TagSize: 64, IsEncryptThenMac: true),
        new("hmac-sha2-256", KeySize: 32, TagSize: 32, IsEncryptThenMac: false),
        new("hmac-sha2-512", KeySize: 64, TagSize: 64, IsEncryptThenMac: false),
        new("hmac-sha1", KeySize: 20, TagSize: 20, IsEncryptThenMac: false),
    }.ToFrozenDictionary(mac => mac.Name, StringComparer.Ordinal);

    /// <summary>Makes what seals the packets of one direction.</summary>
    /// <param name="cipher">One of <see cref="Ciphers"/>.</param>
    /// <param name="mac">One of <see cref="Macs"/>; not used by a cipher that authenticates by itself.</param>
    /// <param name="iv">As many bytes as the cipher takes.</param>
    /// <param name="key">As many bytes as the cipher takes.</param>
    /// <param name="macKey">As many bytes as the MAC takes; none if it is not used.</param>
    public static PacketSealer CreateSealer(
        CipherAlgorithm cipher, MacAlgorithm? mac, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> key, ReadOnlySpan<byte> macKey)
    {
        mac = Check(cipher, mac, iv, key, macKey);
        return cipher.Name switch
        {
            "aes128-gcm@openssh.com" or "aes256-gcm@openssh.com" => new AesGcmSealer(key, iv),
            "chacha20-poly1305@openssh.com" => new ChaChaPolySealer(key),
            _ => new AesCtrSealer(mac!, iv, key, macKey),
        };
    }

    /// <summary>Makes what opens the packets of one direction.</summary>
    /// <inheritdoc cref="CreateSealer"/>
    public static PacketOpener CreateOpener(
        CipherAlgorithm cipher, MacAlgorithm? mac, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> key, ReadOnlySpan<byte> macKey)
    {
        mac = Check(cipher, mac, iv, key, macKey);
        return cipher.Name switch
        {
            "aes128-gcm@openssh.com" or "aes256-gcm@openssh.com" => new AesGcmOpener(key, iv),
            "chacha20-poly1305@openssh.com" => new ChaChaPolyOpener(key),
            _ => new AesCtrOpener(mac!, iv, key, macKey),
        };
    }

    private static MacAlgorithm? Check(
        CipherAlgorithm cipher, MacAlgorithm? mac, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> key, ReadOnlySpan<byte> macKey)
    {
        mac = cipher.IsAead ? null : mac ?? throw new ArgumentNullException(nameof(mac));
        if (iv.Length != cipher.IvSize || key.Length != cipher.KeySize || macKey.Length != (mac?.KeySize ?? macKey.Length))
        {
            throw new ArgumentException($"The keys for {cipher.Name} with {mac?.Name ?? "no MAC"} have the wrong size.");
        }

        return mac;
    }
}
