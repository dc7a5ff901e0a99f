namespace GostNet.Transports.Multiplexing;

/// <summary>Why a stream can no longer be used. Each who meets it gets an exception of its own.</summary>
/// <param name="Message">What happened, or <see langword="null"/> if the stream was disposed.</param>
/// <param name="Cause">What lies behind it.</param>
internal sealed record SmuxFault(string? Message, Exception? Cause = null)
{
    public static readonly SmuxFault Disposed = new((string?)null);
    public static readonly SmuxFault Aborted = new("The stream was aborted.");

    public Exception ToException() => Message is null
        ? new ObjectDisposedException(typeof(SmuxConnection).FullName)
        : new IOException(Message, Cause);
}
