using System.Collections.Immutable;

namespace GostNet.Ssh.KeyExchange;

/// <summary>What one side offers, the best first. Of each list the first of the client's names that the server has is taken
/// (ssh, section 2.2).</summary>
internal sealed record AlgorithmPreferences
{
    /// <summary>What is offered if nothing else is asked for.</summary>
    public static AlgorithmPreferences Default { get; } = new()
    {
        Kex = [.. KeyExchangeMethods.Names.Where(name => name != KeyExchangeMethods.LegacyName)],
        HostKeys = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "rsa-sha2-512", "rsa-sha2-256"],
        Ciphers =
        [
            "aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com", "aes256-ctr", "aes192-ctr", "aes128-ctr",
        ],
        Macs = ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-256", "hmac-sha2-512"],
    };

    /// <summary>Key exchange methods, of <see cref="KeyExchangeMethods.Names"/>.</summary>
    public required ImmutableArray<string> Kex { get; init; }

    /// <summary>Signature algorithms of host keys.</summary>
    public required ImmutableArray<string> HostKeys { get; init; }

    /// <summary>Ciphers, of <see cref="Ciphers.CipherSuites.Ciphers"/>, for both directions.</summary>
    public required ImmutableArray<string> Ciphers { get; init; }

    /// <summary>MACs, of <see cref="Ciphers.CipherSuites.Macs"/>, for both directions.</summary>
    public required ImmutableArray<string> Macs { get; init; }

    /// <summary>The same, and behind it what only old peers need, all of it with SHA-1.</summary>
    public AlgorithmPreferences WithLegacy() => this with
    {
        Kex = Append(Kex, KeyExchangeMethods.LegacyName),
        HostKeys = Append(HostKeys, "ssh-rsa"),
        Macs = Append(Macs, "hmac-sha1"),
    };

    /// <summary>The same, with what goes with a server's known keys before other host key algorithms.</summary>
    /// <param name="types">The types of the keys, as their blobs say them.</param>
    public AlgorithmPreferences WithHostKeysFirst(IReadOnlyList<string> types) =>
        this with { HostKeys = [.. HostKeys.OrderByDescending(algorithm => types.Contains(TypeOf(algorithm)))] };

    private static string TypeOf(string algorithm) => algorithm is "rsa-sha2-512" or "rsa-sha2-256" ? "ssh-rsa" : algorithm;

    private static ImmutableArray<string> Append(ImmutableArray<string> names, string name) =>
        names.Contains(name) ? names : names.Add(name);
}
