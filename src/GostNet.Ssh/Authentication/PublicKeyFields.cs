namespace GostNet.Ssh.Authentication;

/// <summary>What follows the head of a request of the method <c>publickey</c> (RFC 4252, section 7).</summary>
internal readonly ref struct PublicKeyFields
{
    public required string Algorithm { get; init; }

    /// <summary>The key as it travels; it may be anything.</summary>
    public required ReadOnlySpan<byte> Blob { get; init; }

    /// <summary>Whether this is the login itself, and not only the question whether the key would do.</summary>
    public required bool HasSignature { get; init; }

    /// <summary>The contents of the signature's string: name and raw signature.</summary>
    public required ReadOnlySpan<byte> Signature { get; init; }
}
