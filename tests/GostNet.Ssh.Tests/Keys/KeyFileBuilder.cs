using System.Text;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Tests.Keys;

/// <summary>Builds files in OpenSSH's format, sound or not: every part can be replaced.</summary>
internal sealed class KeyFileBuilder
{
    public string Cipher { get; set; } = "none";

    public string Kdf { get; set; } = "none";

    public byte[] KdfOptions { get; set; } = [];

    public uint Keys { get; set; } = 1;

    public byte[] PublicBlob { get; set; } = TestKeys.Blob("ed25519");

    public uint Check { get; set; } = 7;

    public uint CheckAgain { get; set; } = 7;

    /// <summary>What follows the check words, without comment and padding.</summary>
    public byte[] Private { get; set; } = Ed25519("ed25519");

    public byte FirstPadding { get; set; } = 1;

    /// <summary>What follows the encrypted part.</summary>
    public byte[] Tail { get; set; } = [];

    public static byte[] Ed25519(string name)
    {
        byte[] point = TestKeys.Blob(name)[^32..];
        return Ed25519(point, TestKeys.Number(name, "seed"), point);
    }

    public static byte[] Ed25519(byte[] point, byte[] seed, byte[] pointAgain) =>
        new SshWriter().Text("ssh-ed25519").String(point).String([.. seed, .. pointAgain]).ToArray();

    public static byte[] Ecdsa(string name, string curve, byte[] point, byte[] secret) =>
        new SshWriter().Text(TestKeys.Public(name).Type).Text(curve).String(point).Mpint(secret).ToArray();

    public static byte[] Rsa(byte[] n, byte[] e, byte[] d, byte[] inverseQ, byte[] p, byte[] q) =>
        new SshWriter().Text("ssh-rsa").Mpint(n).Mpint(e).Mpint(d).Mpint(inverseQ).Mpint(p).Mpint(q).ToArray();

    public static byte[] Bcrypt(byte[] salt, uint rounds) => new SshWriter().String(salt).UInt32(rounds).ToArray();

    public static byte[] ToPem(ReadOnlySpan<byte> content, string label = "OPENSSH PRIVATE KEY") => Encoding.ASCII.GetBytes(
        $"-----BEGIN {label}-----\n{Convert.ToBase64String(content, Base64FormattingOptions.InsertLineBreaks)}\n-----END {label}-----\n");

    public byte[] Build()
    {
        SshWriter inner = new SshWriter().UInt32(Check).UInt32(CheckAgain).Bytes(Private).Text("a comment");
        for (byte padding = FirstPadding; inner.Length % 16 != 0; padding++)
        {
            inner.Byte(padding);
        }

        return ToPem(new SshWriter().Bytes("openssh-key-v1\0"u8).Text(Cipher).Text(Kdf).String(KdfOptions).UInt32(Keys).String(PublicBlob)
            .String(inner.Written).Bytes(Tail).Written);
    }
}
