namespace GostNet.Ssh.Authentication;

/// <summary>What a server asks in the method <c>keyboard-interactive</c> (RFC 4256, section 3.2).</summary>
internal readonly ref struct InfoRequest
{
    /// <summary>How many questions there are; as many answers are wanted.</summary>
    public required int PromptCount { get; init; }

    /// <summary>The first question, if there is one. More than one is not answered here.</summary>
    public required ReadOnlySpan<byte> Prompt { get; init; }

    /// <summary>Whether what is typed as the first answer may be seen, which a password may not.</summary>
    public required bool IsEchoed { get; init; }
}
