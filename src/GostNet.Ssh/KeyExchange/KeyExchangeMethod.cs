using System.Security.Cryptography;

namespace GostNet.Ssh.KeyExchange;

/// <summary>One side of one key exchange: both send a value, and come to the same secret (ssh, section 2.5).</summary>
/// <remarks>A client calls <see cref="Start"/> and <see cref="Finish"/>, a server <see cref="Respond"/>. The values are the contents of the
/// strings, or of the mpints, of messages 30 and 31, which look the same on the wire. Used once.</remarks>
internal abstract class KeyExchangeMethod : IDisposable
{
    /// <summary>The hash of the exchange and of the keys.</summary>
    public abstract HashAlgorithmName Hash { get; }

    /// <summary>Client: makes the value to send.</summary>
    public abstract byte[] Start();

    /// <summary>Client: takes the server's value.</summary>
    /// <returns>The secret K, encoded as the exchange hash takes it: an mpint or a string with its length.</returns>
    /// <exception cref="Wire.SshException">The value cannot be one (ssh, section 7).</exception>
    public abstract byte[] Finish(ReadOnlySpan<byte> serverValue);

    /// <summary>Server: takes the client's value.</summary>
    /// <returns>The value to send, and the secret as for <see cref="Finish"/>.</returns>
    /// <exception cref="Wire.SshException">The value cannot be one.</exception>
    public abstract (byte[] ServerValue, byte[] Secret) Respond(ReadOnlySpan<byte> clientValue);

    public virtual void Dispose()
    {
    }
}
