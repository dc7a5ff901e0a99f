using System.Net;
using System.Security.Cryptography;
using GostNet.Ssh.Keys;
using GostNet.Ssh.Trust;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Tests.Authentication;

/// <summary>Keys for logins, and who may use them.</summary>
internal static class LoginKeys
{
    private static readonly Lazy<SshPrivateKey> SharedRsa = new(MakeRsa);

    public static SshPrivateKey Rsa => SharedRsa.Value;

    public static SshPrivateKey Ed25519(byte number, string name = "key")
    {
        byte[] seed = new byte[32];
        seed[0] = number;
        return new Ed25519PrivateKey(seed) { Name = name };
    }

    private static RsaPrivateKey MakeRsa()
    {
        using RSA rsa = RSA.Create(2048);
        RSAParameters numbers = rsa.ExportParameters(includePrivateParameters: true);
        RsaPrivateKey key = RsaPrivateKey.Create(
            numbers.Modulus, numbers.Exponent, numbers.D, numbers.P, numbers.Q, numbers.InverseQ);
        key.Name = "rsa";
        return key;
    }

    /// <summary>Permissions that a test knows again.</summary>
    internal sealed class NamedPermissions(string name) : IForwardPermissions
    {
        public bool MayOpen(string host, int port) => true;

        public bool MayListen(string host, int port) => true;

        public override string ToString() => name;
    }

    /// <summary>Lets one user in by some keys.</summary>
    internal sealed class Authorized(string userName, params ISshSigner[] signers) : IAuthorizedKeys
    {
        /// <summary>What was asked.</summary>
        public List<(string UserName, string Type, IPAddress? Client)> Asked { get; } = [];

        public IForwardPermissions Permissions { get; } = new NamedPermissions("key");

        public IForwardPermissions? Find(string user, SshPublicKey key, IPAddress? client)
        {
            Asked.Add((user, key.Type, client));
            return user == userName && signers.Any(signer => signer.PublicKey.Blob.Span.SequenceEqual(key.Blob.Span)) ? Permissions : null;
        }
    }
}
