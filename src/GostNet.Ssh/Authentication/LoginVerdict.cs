namespace GostNet.Ssh.Authentication;

/// <summary>What a server does about one message of a login: exactly one of the three.</summary>
internal readonly record struct LoginVerdict
{
    /// <summary>The user is let in.</summary>
    public AuthenticatedUser? User { get; private init; }

    /// <summary>The message to answer with, and the login goes on.</summary>
    public ReadOnlyMemory<byte>? Reply { get; private init; }

    /// <summary>Why the request is refused: for logs, and not secret.</summary>
    public string? Refusal { get; private init; }

    public static LoginVerdict Accept(AuthenticatedUser user) => new() { User = user };

    public static LoginVerdict Answer(ReadOnlyMemory<byte> reply) => new() { Reply = reply };

    public static LoginVerdict Refuse(string reason) => new() { Refusal = reason };
}
