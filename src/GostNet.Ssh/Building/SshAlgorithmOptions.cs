using System.Collections.Immutable;

namespace GostNet;

/// <summary>What the two sides of an SSH connection may agree on, by SSH's names. The client's order decides.</summary>
public sealed record SshAlgorithmOptions
{
    /// <summary>Ways to agree on keys.</summary>
    /// <value>Empty by default: mlkem768x25519-sha256 where the system has SHA-3, sntrup761x25519-sha512, curve25519-sha256,
    /// ecdh-sha2-nistp256, -384 and -521, diffie-hellman-group16-sha512 and -group14-sha256.</value>
    public ImmutableArray<string> KeyExchanges { get; set; } = [];

    /// <summary>Signatures of host keys. A client asks for those of the keys that it knows of the server first.</summary>
    /// <value>Empty by default: ssh-ed25519, ecdsa-sha2-nistp256, -384 and -521, rsa-sha2-512 and -256.</value>
    public ImmutableArray<string> HostKeys { get; set; } = [];

    /// <summary>Ciphers.</summary>
    /// <value>Empty by default: aes128-gcm@openssh.com, aes256-gcm@openssh.com, chacha20-poly1305@openssh.com, aes256-ctr, aes192-ctr and
    /// aes128-ctr.</value>
    public ImmutableArray<string> Ciphers { get; set; } = [];

    /// <summary>MACs, for the ciphers that need one.</summary>
    /// <value>Empty by default: hmac-sha2-256-etm@openssh.com, hmac-sha2-512-etm@openssh.com, hmac-sha2-256 and hmac-sha2-512.</value>
    public ImmutableArray<string> Macs { get; set; } = [];

    /// <summary>Whether what rests on SHA-1 is taken as well: ssh-rsa, of hosts and of users, diffie-hellman-group14-sha1 and hmac-sha1.
    /// GOST 2.8.1's servers need it. Those for hosts and connections can be named in the lists without this, too.</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool AllowLegacy { get; set; }

    /// <summary>After how many bytes of one direction new keys are agreed on.</summary>
    /// <value>1 GiB by default (RFC 4253, section 9); at least 64 KiB.</value>
    public long RekeyBytes { get; set; } = 1L << 30;

    /// <summary>After what time new keys are agreed on.</summary>
    /// <value>1 hour by default (RFC 4253, section 9). <see cref="Timeout.InfiniteTimeSpan"/>: only after <see cref="RekeyBytes"/>.</value>
    public TimeSpan RekeyInterval { get; set; } = TimeSpan.FromHours(1);
}
