using System.Security.Cryptography;
using System.Text;

namespace GostNet.Ssh.Keys;

/// <summary>A passphrase as bytes, for as long as they are needed.</summary>
internal sealed class Passphrase : IDisposable
{
    private readonly byte[] _utf8;

    /// <exception cref="SshKeyException">There is none.</exception>
    public Passphrase(string? text) =>
        _utf8 = string.IsNullOrEmpty(text) ? throw SshKeyException.PassphraseNeeded() : Encoding.UTF8.GetBytes(text);

    public ReadOnlySpan<byte> Utf8 => _utf8;

    public void Dispose() => CryptographicOperations.ZeroMemory(_utf8);
}
