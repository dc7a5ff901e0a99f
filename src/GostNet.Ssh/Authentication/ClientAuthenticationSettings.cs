using GostNet.Ssh.Keys;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GostNet.Ssh.Authentication;

/// <summary>How a client logs in.</summary>
internal sealed record ClientAuthenticationSettings
{
    public required string UserName { get; init; }

    /// <summary>The keys to try, in this order.</summary>
    public IReadOnlyList<ISshSigner> Signers { get; init; } = [];

    /// <summary>Lists the keys of an agent, which are tried after <see cref="Signers"/>; it is asked when their turn comes. An
    /// <see cref="IOException"/> is an agent without keys.</summary>
    public Func<CancellationToken, ValueTask<IReadOnlyList<ISshSigner>>>? ListAgentKeys { get; init; }

    /// <summary>The password, if there is one. It is also the answer to the one question of <c>keyboard-interactive</c>.</summary>
    public string? Password { get; init; }

    /// <summary>Whether RSA keys may sign by <c>ssh-rsa</c>, over SHA-1, for servers that know nothing better.</summary>
    public bool AllowLegacy { get; init; }

    /// <summary>What logs and messages call the server.</summary>
    public string Server { get; init; } = "the SSH server";

    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Tells nothing that is secret.</summary>
    public override string ToString() => $"{UserName} at {Server}";
}
