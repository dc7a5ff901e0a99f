using System.Collections.Immutable;

namespace GostNet.Ssh.KeyExchange;

/// <summary>All key exchange methods, by their names (ssh, section 2.2).</summary>
internal static class KeyExchangeMethods
{
    /// <summary>The one that is offered only if it is asked for: it hashes with SHA-1.</summary>
    public const string LegacyName = "diffie-hellman-group14-sha1";

    private static readonly (string Name, Func<KeyExchangeMethod> Create)[] Methods =
    [
        ("curve25519-sha256", () => new Curve25519KeyExchange()),
        ("curve25519-sha256@libssh.org", () => new Curve25519KeyExchange()),
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
}
