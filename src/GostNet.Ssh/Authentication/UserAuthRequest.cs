namespace GostNet.Ssh.Authentication;

/// <summary>The head that every USERAUTH_REQUEST has (RFC 4252, section 5).</summary>
internal readonly ref struct UserAuthRequest
{
    /// <summary>Who wants to log in: UTF-8, if the client keeps to the protocol.</summary>
    public required ReadOnlySpan<byte> UserName { get; init; }

    /// <summary>What is wanted after the login.</summary>
    public required string Service { get; init; }

    public required string Method { get; init; }

    /// <summary>What follows; it goes by the method.</summary>
    public required ReadOnlySpan<byte> Fields { get; init; }
}
