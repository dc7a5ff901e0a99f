using System.Collections.Immutable;
using System.Net;
using GostNet.Ssh.Trust;

namespace GostNet;

/// <summary>How a client of SSH logs in, whom it trusts, and what it agrees on.</summary>
public sealed record SshClientOptions
{
    /// <summary>The user, and a password if there is one. It answers a <c>keyboard-interactive</c> question for a password, too.</summary>
    /// <value><see langword="null"/> by default: the user of the address, or else of this process, and no password.</value>
    public NetworkCredential? Credential { get; set; }

    /// <summary>Files with private keys to log in with: OpenSSH's format, PKCS#1, SEC1 or PKCS#8, encrypted or not. They are read by
    /// <see cref="ForwardBuilder.Build"/>.</summary>
    /// <value>None by default. A server counts each key that it does not know, so no more than five are tried, those of an agent
    /// included.</value>
    public ImmutableArray<string> KeyFiles { get; set; } = [];

    /// <summary>What opens those of <see cref="KeyFiles"/> that are encrypted.</summary>
    /// <value><see langword="null"/> by default.</value>
    public string? KeyPassphrase { get; set; }

    /// <summary>The Unix socket of an agent whose keys are tried, too.</summary>
    /// <value><see langword="null"/> by default: that of the environment variable <c>SSH_AUTH_SOCK</c>, if there is neither a password nor
    /// a key file; "" for no agent.</value>
    public string? AgentSocket { get; set; }

    /// <summary>What becomes of a host key that is not in <see cref="KnownHostsFiles"/>. One that contradicts them is refused
    /// anyway.</summary>
    /// <value><see cref="HostKeyCheck.Strict"/> by default.</value>
    public HostKeyCheck HostKeyCheck { get; set; } = HostKeyCheck.Strict;

    /// <summary>Files that know the keys of hosts, in OpenSSH's format. They are read anew when they change; what
    /// <see cref="HostKeyCheck.AcceptNew"/> learns goes into the first.</summary>
    /// <value>By default <c>~/.ssh/known_hosts</c> and <c>/etc/ssh/ssh_known_hosts</c>. Those that are not there are passed over.</value>
    public ImmutableArray<string> KnownHostsFiles { get; set; } = [.. KnownHostsFile.DefaultPaths];

    /// <summary>The fingerprints that the host key may have, as OpenSSH shows them: <c>SHA256:…</c>. If there are any, nothing else
    /// counts.</summary>
    /// <value>None by default.</value>
    public ImmutableArray<string> HostKeyPins { get; set; } = [];

    /// <summary>What may be agreed on.</summary>
    /// <value>The defaults.</value>
    public SshAlgorithmOptions Algorithms { get; set; } = new();

    /// <summary>How often a server that is silent is asked whether it is still there, by <c>keepalive@openssh.com</c>.</summary>
    /// <value>30 seconds by default. <see cref="Timeout.InfiniteTimeSpan"/>: never.</value>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many such questions in a row may stay without an answer: with the last of them the connection is given up, and with it
    /// what is open over it.</summary>
    /// <value>3 by default; 1000 at most.</value>
    public int KeepAliveMisses { get; set; } = 3;

    /// <summary>How many bytes of a channel may be on the way at most. A channel starts with 2 MiB and gets more when the distance
    /// demands it.</summary>
    /// <value>16 MiB by default; at least 64 KiB, and 1 GiB at most. All channels of a connection together have 64 MiB, or this if it is
    /// more.</value>
    public int MaxWindow { get; set; } = 16 * 1024 * 1024;

    /// <summary>How many SSH connections share the connections to a host.</summary>
    /// <value>1 by default.</value>
    public int Sessions { get; set; } = 1;

    /// <summary>Tells nothing that is secret.</summary>
    public override string ToString() => $"{nameof(SshClientOptions)} {{ {Credential?.UserName} }}";
}
