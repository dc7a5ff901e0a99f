using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Keys;

/// <summary>Reads files of private keys (ssh, section 2.10).</summary>
internal static class SshPrivateKeyFile
{
    /// <summary>Bytes that a file may have.</summary>
    public const int MaxSize = 1 << 20;

    private const UnixFileMode OfOthers = (UnixFileMode)0x3f; // rwx of group and others

    /// <summary>Reads a key from a file, which gives it its name.</summary>
    /// <param name="path">The file.</param>
    /// <param name="passphrase">What the key is encrypted with; of no effect if it is not.</param>
    /// <param name="warning">What its owner should be told: that others can read the file.</param>
    /// <exception cref="SshKeyException">There is no key that can be used; the message names the file.</exception>
    public static SshPrivateKey Load(string path, string? passphrase, out string? warning)
    {
        byte[] text = [];
        try
        {
            text = ReadFile(path, out warning);
            SshPrivateKey key = Parse(text, passphrase);
            key.Name = path;
            return key;
        }
        catch (SshKeyException e)
        {
            throw new SshKeyException(e.Error, $"{path}: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SshKeyException(SshKeyError.FileUnreadable, $"The private key {path} cannot be read: {e.Message}", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }

    /// <summary>Reads a key from the text of a file.</summary>
    /// <param name="text">The file.</param>
    /// <param name="passphrase">What the key is encrypted with; of no effect if it is not.</param>
    /// <returns>The key, with its comment for a name.</returns>
    /// <exception cref="SshKeyException">There is no key that can be used.</exception>
    public static SshPrivateKey Parse(ReadOnlySpan<byte> text, string? passphrase)
    {
        if (text.Length > MaxSize)
        {
            throw TooBig();
        }

        if (!PemBlock.TryFind(text, out PemBlock pem))
        {
            throw DescribeOther(text);
        }

        byte[] content = pem.Decode();
        try
        {
            SshPrivateKey key = pem.Label == OpenSshKeyFormat.Label
                ? OpenSshKeyFormat.Read(content, passphrase)
                : ReadAsn(pem.Label, content, pem.FindHeader("DEK-Info"u8), passphrase);
            key.Name = key.Comment;
            return key;
        }
        catch (AsnContentException e)
        {
            throw SshKeyException.Malformed("The private key is not made as its first line says.", e);
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            // For instance where the system forbids MD5.
            throw SshKeyException.Unsupported($"The cryptography of this system does not take the private key: {e.Message}", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    private static SshPrivateKey ReadAsn(string label, byte[] content, ReadOnlySpan<byte> dekInfo, string? passphrase)
    {
        if (!dekInfo.IsEmpty)
        {
            return ReadDecrypted(label, LegacyPemEncryption.Decrypt(dekInfo, content, passphrase));
        }

        return label == Pkcs8Encryption.Label
            ? ReadDecrypted(AsnKeyFormats.Pkcs8Label, Pkcs8Encryption.Decrypt(content, passphrase))
            : ReadPlain(label, content);
    }

    /// <summary>Reads what came of a decryption that cannot tell whether the passphrase was right.</summary>
    private static SshPrivateKey ReadDecrypted(string label, byte[] content)
    {
        try
        {
            return ReadPlain(label, content);
        }
        catch (Exception e) when (e is AsnContentException or SshKeyException { Error: SshKeyError.Malformed })
        {
            throw SshKeyException.WrongPassphrase(e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    private static SshPrivateKey ReadPlain(string label, byte[] content) => label switch
    {
        AsnKeyFormats.Pkcs1Label => AsnKeyFormats.ReadPkcs1(content),
        AsnKeyFormats.Sec1Label => AsnKeyFormats.ReadSec1(content, curve: null),
        AsnKeyFormats.Pkcs8Label => AsnKeyFormats.ReadPkcs8(content),
        _ => throw SshKeyException.Unsupported(
            $"The private key is of a kind that is not supported: {PeerText.Escape(Encoding.ASCII.GetBytes(label))}."),
    };

    private static SshKeyException DescribeOther(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("PuTTY-User-Key-File-"u8))
        {
            return SshKeyException.Unsupported(
                "PuTTY's own format is not supported; puttygen KEY.ppk -O private-openssh -o KEY makes a file of the key that is.");
        }

        bool isPublic = text.StartsWith("ssh-"u8) || text.StartsWith("ecdsa-"u8) || text.StartsWith("-----BEGIN PUBLIC KEY"u8)
            || text.StartsWith("---- BEGIN SSH2 PUBLIC KEY"u8);
        return new(
            SshKeyError.NotAPrivateKey,
            isPublic ? "It is a public key; the private one is needed." : "It is not a private key: no line of it begins one.");
    }

    private static SshKeyException TooBig() => new(SshKeyError.NotAPrivateKey, "It is not a private key: it has more than 1 MiB.");

    private static byte[] ReadFile(string path, out string? warning)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        warning = DescribeMode(path, stream);
        byte[] buffer = new byte[4096];
        int length = 0;
        for (int count = -1; count != 0; length += count)
        {
            if (length > MaxSize)
            {
                CryptographicOperations.ZeroMemory(buffer);
                throw TooBig();
            }

            if (length == buffer.Length)
            {
                byte[] larger = new byte[2 * buffer.Length];
                buffer.CopyTo(larger, 0);
                CryptographicOperations.ZeroMemory(buffer);
                buffer = larger;
            }

            count = stream.Read(buffer.AsSpan(length));
        }

        byte[] text = buffer.AsSpan(0, length).ToArray();
        CryptographicOperations.ZeroMemory(buffer);
        return text;
    }

    private static string? DescribeMode(string path, FileStream stream)
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        UnixFileMode mode = File.GetUnixFileMode(stream.SafeFileHandle);
        return (mode & OfOthers) == 0
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"The private key {path} is open to others (mode {Convert.ToString((int)mode, 8)}); chmod 600 closes it.");
    }
}
