using System.Security.Cryptography;

namespace GostNet.Ssh.Keys;

/// <summary>A private key that is here.</summary>
/// <remarks>It may be used by several threads at a time, until it is disposed of, which overwrites what is secret.</remarks>
internal abstract class SshPrivateKey : ISshSigner, IDisposable
{
    public abstract SshPublicKey PublicKey { get; }

    public string Name { get; set; } = "";

    /// <summary>What the file says about the key: usually whose it is. Neither secret nor to be trusted.</summary>
    public string Comment { get; set; } = "";

    /// <summary>Signs.</summary>
    /// <param name="algorithm">One of the public key's <see cref="SshPublicKey.Algorithms"/>.</param>
    /// <param name="data">What is to be signed.</param>
    /// <returns>The contents of the signature's string: name and raw signature.</returns>
    /// <exception cref="ArgumentException">The algorithm is none of the key's.</exception>
    /// <exception cref="SshKeyException">The system does not allow it, as some do not allow SHA-1.</exception>
    public byte[] Sign(string algorithm, ReadOnlySpan<byte> data)
    {
        if (!PublicKey.Algorithms.Contains(algorithm))
        {
            throw new ArgumentException($"A key of type {PublicKey.Type} does not sign by {algorithm}.", nameof(algorithm));
        }

        try
        {
            return SshSignature.Write(algorithm, SignRaw(algorithm, data));
        }
        catch (CryptographicException e)
        {
            throw SshKeyException.Unsupported($"The cryptography of this system does not sign by {algorithm}: {e.Message}", e);
        }
    }

    public ValueTask<byte[]> SignAsync(string algorithm, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Sign(algorithm, data.Span));
    }

    public abstract void Dispose();

    /// <summary>Makes sure that both halves are of one key: what the one signs has to be valid for the other.</summary>
    /// <exception cref="SshKeyException">They are not. The key is then disposed of.</exception>
    protected void CheckHalves()
    {
        string algorithm = PublicKey.Algorithms[0];
        try
        {
            if (PublicKey.Verify(algorithm, "both halves"u8, Sign(algorithm, "both halves"u8)))
            {
                return;
            }
        }
        catch (SshKeyException)
        {
            // It cannot even sign.
        }

        Dispose();
        throw SshKeyException.HalvesDiffer();
    }

    /// <summary>Signs, without the name around it.</summary>
    protected abstract byte[] SignRaw(string algorithm, ReadOnlySpan<byte> data);
}
