namespace GostNet.Protocols;

/// <summary>Accepts peers at a port that a client listens on, and bears with failures for a while: they may be for want of file
/// descriptors, and pass.</summary>
/// <param name="listener">The port, which stays the caller's.</param>
/// <param name="time">The clock.</param>
internal sealed class PeerAcceptor(IListener listener, TimeProvider time)
{
    private const int MaxFailures = 8;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(5);

    private int _failures;

    /// <summary>Waits for the next peer.</summary>
    /// <returns>It, or <see langword="null"/> once the port is closed.</returns>
    /// <exception cref="IOException">It goes on failing: the listener has died.</exception>
    public async ValueTask<IConnection?> AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                IConnection? peer = await listener.AcceptAsync(cancellationToken).ConfigureAwait(false);
                _failures = 0;
                return peer;
            }
            catch (IOException) when (++_failures <= MaxFailures)
            {
                await Task.Delay(FirstPause * (1 << _failures), time, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
