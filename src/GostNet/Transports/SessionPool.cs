namespace GostNet.Transports;

/// <summary>The sessions to one node, and the connections over them. A session is started when the first connection needs it, by one for
/// all who wait for it (gost-nodes, section 6, A12), and closed a while after the last.</summary>
/// <param name="size">How many sessions share the connections, if none is full.</param>
/// <param name="sessions">Whose sessions they are.</param>
internal sealed class SessionPool(int size, LiveSessions sessions)
{
    /// <summary>How long a session is kept without a connection.</summary>
    public static readonly TimeSpan IdleTimeout = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly List<SharedSession> _live = [];
    private Task<SharedSession>? _starting;
    private uint _next;

    /// <summary>Opens a connection over a session that lives, or over a new one.</summary>
    /// <param name="start">Starts a session. It may go on behind the end of this call, for others who wait for it.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="IOException">No session could be started; or what <paramref name="start"/> throws.</exception>
    public async ValueTask<IConnection> OpenAsync(
        Func<CancellationToken, ValueTask<IMultiplexSession>> start, CancellationToken cancellationToken)
    {
        for (bool isLast = false; ; isLast = true)
        {
            (SharedSession? session, Task<SharedSession>? starting) = Choose(start);
            session ??= await starting!.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await session.OpenAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (IOException) when (!isLast && !session.CanOpen)
            {
                // It ended, or others were faster to fill it. Once more, with another one.
            }
        }
    }

    private (SharedSession? Session, Task<SharedSession>? Starting) Choose(Func<CancellationToken, ValueTask<IMultiplexSession>> start)
    {
        lock (_gate)
        {
            _live.RemoveAll(s => s.Completion.IsCompleted);
            int ready = 0;
            foreach (SharedSession session in _live)
            {
                ready += session.CanOpen ? 1 : 0;
            }

            if (ready < size && _starting is null)
            {
                _starting = Task.Run(() => StartAsync(start), CancellationToken.None);
                _ = _starting.ContinueWith(
                    static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            }

            int turn = ready == 0 ? 0 : (int)(_next++ % (uint)ready);
            foreach (SharedSession session in _live)
            {
                if (session.CanOpen && turn-- == 0)
                {
                    return (session, null);
                }
            }

            return (null, _starting ?? Task.Run(() => StartAsync(start), CancellationToken.None));
        }
    }

    private async Task<SharedSession> StartAsync(Func<CancellationToken, ValueTask<IMultiplexSession>> start)
    {
        try
        {
            SharedSession session = await sessions.StartAsync(start, IdleTimeout).ConfigureAwait(false);
            lock (_gate)
            {
                _live.Add(session);
            }

            return session;
        }
        finally
        {
            lock (_gate)
            {
                _starting = null;
            }
        }
    }
}
