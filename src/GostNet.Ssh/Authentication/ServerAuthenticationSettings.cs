using GostNet.Ssh.Trust;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GostNet.Ssh.Authentication;

/// <summary>How clients of a server log in.</summary>
internal sealed record ServerAuthenticationSettings
{
    /// <summary>Decides about passwords; without one none is taken.</summary>
    public IAuthenticator? Authenticator { get; init; }

    /// <summary>The keys that may log in; without them none is taken.</summary>
    public IAuthorizedKeys? AuthorizedKeys { get; init; }

    /// <summary>Whether everybody is let in, under any name and with any password.</summary>
    public bool AllowAnonymous { get; init; }

    /// <summary>What those may forward who log in without a key. What a key may do comes from <see cref="AuthorizedKeys"/>.</summary>
    public required IForwardPermissions Permissions { get; init; }

    /// <summary>At which failure a client is dropped. The first <c>none</c> is not one. 6 by default, as in OpenSSH.</summary>
    public int MaxAttempts { get; init; } = 6;

    /// <summary>How many requests a client may make in all, also those that are no failures. 128 by default.</summary>
    public int MaxRequests { get; init; } = 128;

    /// <summary>Whether RSA keys may sign by <c>ssh-rsa</c>, over SHA-1.</summary>
    public bool AllowLegacy { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public ILogger Logger { get; init; } = NullLogger.Instance;
}
