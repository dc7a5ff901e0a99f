using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Keys;

/// <summary>Writes keys as the files that OpenSSH reads.</summary>
internal static class SshKeyWriter
{
    private const int LineLength = 70;

    /// <summary>The file of a private key, in ASCII, without a passphrase. Whoever calls overwrites it when done.</summary>
    public static byte[] WritePrivate(Ed25519PrivateKey key)
    {
        SshWriter content = OpenSshKeyFormat.Write(key);
        byte[] base64 = new byte[Base64.GetMaxEncodedToUtf8Length(content.Length)];
        OperationStatus status = Base64.EncodeToUtf8(content.Written, base64, out _, out _);
        System.Diagnostics.Debug.Assert(status == OperationStatus.Done, "There is room for all of it.");
        content.Clear();

        // Big enough that no copy of the secret is left behind by growing.
        var text = new SshWriter(base64.Length + (base64.Length / LineLength) + 128);
        text.Bytes("-----BEGIN "u8).Bytes(Encoding.ASCII.GetBytes(OpenSshKeyFormat.Label)).Bytes("-----\n"u8);
        foreach (byte[] line in base64.Chunk(LineLength))
        {
            text.Bytes(line).Byte((byte)'\n');
            CryptographicOperations.ZeroMemory(line);
        }

        text.Bytes("-----END "u8).Bytes(Encoding.ASCII.GetBytes(OpenSshKeyFormat.Label)).Bytes("-----\n"u8);
        CryptographicOperations.ZeroMemory(base64);
        byte[] result = text.ToArray();
        text.Clear();
        return result;
    }

    /// <summary>The line of a public key, as <c>.pub</c> files, <c>authorized_keys</c> and, behind a host's name, <c>known_hosts</c>
    /// have it; without an end of line.</summary>
    /// <param name="key">The key.</param>
    /// <param name="comment">What follows it, if anything.</param>
    public static string WritePublic(SshPublicKey key, string comment) =>
        $"{key.Type} {Convert.ToBase64String(key.Blob.Span)} {comment}".TrimEnd(' ');
}
