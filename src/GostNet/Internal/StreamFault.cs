namespace GostNet.Internal;

/// <summary>Why a stream of a session can no longer be used. Each who meets it gets an exception of its own.</summary>
/// <param name="Message">What happened, or <see langword="null"/> if the stream was disposed.</param>
/// <param name="Cause">What lies behind it.</param>
internal sealed record StreamFault(string? Message, Exception? Cause = null)
{
    public static readonly StreamFault Disposed = new((string?)null);
    public static readonly StreamFault Aborted = new("The stream was aborted.");

    public Exception ToException() => Message is null
        ? new ObjectDisposedException(objectName: "stream")
        : new IOException(Message, Cause);
}
