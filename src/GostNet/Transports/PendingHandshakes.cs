namespace GostNet.Transports;

/// <summary>The handshakes that go on at a listener, so many and no more.</summary>
/// <remarks>Those who connect in a burst wait their turn below. Those who connect and then say nothing must not keep others out: if there
/// is no room, the oldest handshake of whoever has the most of them is given up, unless all are young.</remarks>
internal sealed class PendingHandshakes(int limit, TimeProvider time) : IDisposable
{
    /// <summary>How old a handshake is that may be given up for another.</summary>
    public static readonly TimeSpan MinAge = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _room = new(limit);
    private readonly LinkedList<PendingHandshake> _pending = new(); // the oldest first

    /// <summary>Waits for room for one more.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        while (!_room.Wait(0, CancellationToken.None))
        {
            GiveUpOldest();
            using var patience = new CancellationTokenSource(MinAge, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
            try
            {
                await _room.WaitAsync(either.Token).ConfigureAwait(false);
                return;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Nobody finished; by now somebody is old enough.
            }
        }
    }

    /// <summary>Takes the room that was waited for.</summary>
    public LinkedListNode<PendingHandshake> Add(PendingHandshake handshake)
    {
        lock (_pending)
        {
            return _pending.AddLast(handshake);
        }
    }

    /// <summary>Gives the room of one back.</summary>
    public void Remove(LinkedListNode<PendingHandshake> handshake)
    {
        lock (_pending)
        {
            _pending.Remove(handshake);
        }

        _room.Release();
    }

    /// <summary>Gives room back that was waited for, and not taken.</summary>
    public void Release() => _room.Release();

    public void Dispose() => _room.Dispose();

    private void GiveUpOldest()
    {
        PendingHandshake? oldest;
        lock (_pending)
        {
            oldest = _pending.GroupBy(h => h.Source).MaxBy(h => h.Count())?.First();
        }

        if (oldest is not null && time.GetElapsedTime(oldest.Since) >= MinAge)
        {
            oldest.Stop.Cancel();
        }
    }
}
