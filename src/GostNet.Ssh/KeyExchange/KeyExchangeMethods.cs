using System.Collections.Immutable;
using System.Security.Cryptography;

namespace GostNet.Ssh.KeyExchange;

/// <summary>All key exchange methods, by their names (ssh, section 2.2).</summary>
internal static class KeyExchangeMethods
{
    /// <summary>The one that is offered only if it is asked for: it hashes with SHA-1.</summary>
    public const string LegacyName = "diffie-hellman-group14-sha1";

    private static readonly (string Name, Func<KeyExchangeMethod> Create)[] MlKem =
        [("mlkem768x25519-sha256", () => new HybridKeyExchange(MlKemEncapsulation.Create(), HashAlgorithmName.SHA256))];

    private static readonly (string Name, Func<KeyExchangeMethod> Create)[] Methods =
    [
        .. MlKemEncapsulation.IsSupported ? MlKem : [],
        ("sntrup761x25519-sha512", CreateSntrup),
        ("sntrup761x25519-sha512@openssh.com", CreateSntrup),
        ("curve25519-sha256", () => new Curve25519KeyExchange()),
        ("curve25519-sha256@libssh.org", () => new Curve25519KeyExchange()),
        ("ecdh-sha2-nistp256", () => new EcdhKeyExchange(ECCurve.NamedCurves.nistP256, HashAlgorithmName.SHA256)),
        ("ecdh-sha2-nistp384", () => new EcdhKeyExchange(ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384)),
        ("ecdh-sha2-nistp521", () => new EcdhKeyExchange(ECCurve.NamedCurves.nistP521, HashAlgorithmName.SHA512)),
        ("diffie-hellman-group16-sha512", () => new DiffieHellmanKeyExchange(DiffieHellmanGroup.Group16, HashAlgorithmName.SHA512)),
        ("diffie-hellman-group14-sha256", () => new DiffieHellmanKeyExchange(DiffieHellmanGroup.Group14, HashAlgorithmName.SHA256)),
        (LegacyName, () => new DiffieHellmanKeyExchange(DiffieHellmanGroup.Group14, HashAlgorithmName.SHA1)),
    ];

    /// <summary>The names of those that this machine can do, the best first.</summary>
    public static ImmutableArray<string> Names { get; } = [.. Methods.Select(method => method.Name)];

    /// <summary>Begins an exchange.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    public static KeyExchangeMethod Create(string name)
    {
        foreach ((string known, Func<KeyExchangeMethod> create) in Methods)
        {
            if (known == name)
            {
                return create();
            }
        }

        throw new ArgumentException($"There is no key exchange method {name}.", nameof(name));
    }

    private static HybridKeyExchange CreateSntrup() => new(new Sntrup761Encapsulation(), HashAlgorithmName.SHA512);
}
