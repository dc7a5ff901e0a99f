namespace GostNet;

/// <summary>Something could not be reached, or refused to serve.</summary>
/// <remarks>It is an <see cref="IOException"/>, because whoever holds a stream catches those already.</remarks>
public sealed class ForwardException : IOException
{
    /// <summary>Makes an exception of unknown reason.</summary>
    public ForwardException()
    {
    }

    /// <summary>Makes an exception of unknown reason.</summary>
    /// <param name="message">Who, to whom, and what the peer answered.</param>
    public ForwardException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception of unknown reason.</summary>
    /// <param name="message">Who, to whom, and what the peer answered.</param>
    /// <param name="innerException">What lies behind it.</param>
    public ForwardException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception.</summary>
    /// <param name="error">The reason.</param>
    /// <param name="message">Who, to whom, and what the peer answered, with its code. Never credentials.</param>
    /// <param name="innerException">What lies behind it.</param>
    public ForwardException(ForwardError error, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Error = error;
    }

    /// <summary>The reason.</summary>
    public ForwardError Error { get; }

    /// <summary>The name of the chain's node that failed, or <see langword="null"/> if no node of a chain is to blame.</summary>
    public string? Node { get; init; }

    /// <summary>What was to be reached.</summary>
    public HostEndPoint? Target { get; init; }

    /// <summary>Whether the address that was asked for is to blame, and not the one who was asked.</summary>
    /// <remarks>A proxy that answers "connection refused" works; its target does not. Failures are charged to the culprit:
    /// the target is left out for a while, and not the proxy.</remarks>
    public bool IsTargetFault { get; init; }

    /// <summary>Whether another attempt, or another node, may succeed without a change of configuration.</summary>
    public bool IsTransient => Error is not (ForwardError.AuthenticationRequired or ForwardError.AuthenticationFailed
        or ForwardError.Forbidden or ForwardError.CommandNotSupported or ForwardError.AddressNotSupported
        or ForwardError.CertificateRejected);
}
