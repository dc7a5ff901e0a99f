using System.Net;

namespace GostNet.Protocols.Socks;

/// <summary>A session of a multiplexed BIND. It lives until the listener has let go of it and the last peer is gone.</summary>
internal sealed class Socks5BindSession(IMultiplexSession session)
{
    private int _users = 1; // the listener

    public Exception? Failure => session.Failure;

    /// <summary>Waits for the next peer.</summary>
    /// <param name="local">Where the peer connected to.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask<IConnection?> AcceptAsync(EndPoint local, CancellationToken cancellationToken)
    {
        if (await session.AcceptAsync(cancellationToken).ConfigureAwait(false) is not { } stream)
        {
            return null;
        }

        // The address of the peer is not transmitted (socks, section 7).
        Interlocked.Increment(ref _users);
        return new AcceptedConnection(stream, local, remoteEndPoint: null, LeaveAsync);
    }

    /// <summary>Lets go of the session. If that has ended, what its peers sent before is still theirs to read.</summary>
    public async ValueTask ReleaseAsync()
    {
        if (!await TryLeaveAsync().ConfigureAwait(false))
        {
            _ = SendAwayAsync();
        }
    }

    private async ValueTask LeaveAsync() => await TryLeaveAsync().ConfigureAwait(false);

    private async ValueTask<bool> TryLeaveAsync()
    {
        if (Interlocked.Decrement(ref _users) != 0)
        {
            return false;
        }

        await session.DisposeAsync().ConfigureAwait(false);
        return true;
    }

    /// <summary>Closes whatever still comes, until the session ends.</summary>
    private async Task SendAwayAsync()
    {
        try
        {
            while (await session.AcceptAsync(CancellationToken.None).ConfigureAwait(false) is { } stream)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It has ended.
        }
    }
}
