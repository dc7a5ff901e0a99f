using System.Security.Cryptography;

namespace GostNet.Ssh.KeyExchange;

/// <summary><c>curve25519-sha256</c> (RFC 8731).</summary>
internal sealed class Curve25519KeyExchange(X25519KeyPair keys) : KeyExchangeMethod
{
    public Curve25519KeyExchange()
        : this(X25519KeyPair.Generate())
    {
    }

    public override HashAlgorithmName Hash => HashAlgorithmName.SHA256;

    public override byte[] Start() => keys.PublicKey;

    public override byte[] Finish(ReadOnlySpan<byte> serverValue) => EncodedSecret.Mpint(keys.Agree(serverValue));

    public override (byte[] ServerValue, byte[] Secret) Respond(ReadOnlySpan<byte> clientValue) => (keys.PublicKey, Finish(clientValue));

    public override void Dispose()
    {
        keys.Dispose();
        base.Dispose();
    }
}
