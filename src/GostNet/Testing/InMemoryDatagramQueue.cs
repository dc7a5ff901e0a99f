namespace GostNet.Testing;

/// <summary>Datagrams that wait to be received, at most so many, and the refusal that the next call is to meet.</summary>
internal sealed class InMemoryDatagramQueue(int limit)
{
    private readonly Lock _gate = new();
    private readonly Queue<InMemoryDatagram> _datagrams = [];
    private readonly InMemorySignal _changed = new();
    private ForwardException? _refusal;
    private bool _isClosed;

    /// <summary>Adds a datagram, or loses it: the queue is full or closed.</summary>
    public bool TryEnqueue(InMemoryDatagram datagram)
    {
        lock (_gate)
        {
            if (_isClosed || _datagrams.Count == limit)
            {
                return false;
            }

            _datagrams.Enqueue(datagram);
        }

        _changed.Raise();
        return true;
    }

    public void Refuse(ForwardException refusal)
    {
        lock (_gate)
        {
            _refusal = refusal;
        }

        _changed.Raise();
    }

    /// <summary>Reports a refusal once, as a socket does.</summary>
    public void ThrowIfRefused()
    {
        lock (_gate)
        {
            if (_refusal is { } refusal)
            {
                _refusal = null;
                throw refusal;
            }
        }
    }

    /// <returns>Whether this call closed it.</returns>
    public bool Close()
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return false;
            }

            _isClosed = true;
            _datagrams.Clear();
        }

        _changed.Raise();
        return true;
    }

    public void ThrowIfClosed(object owner)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, owner);
        }
    }

    /// <summary>Waits for a datagram.</summary>
    /// <returns>The datagram, taken out of the queue or left there, or <see langword="null"/> once the queue is closed.</returns>
    public async ValueTask<InMemoryDatagram?> WaitAsync(bool take, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (true)
        {
            Task changed = _changed.Next;
            lock (_gate)
            {
                ThrowIfRefused();
                if (_datagrams.TryPeek(out InMemoryDatagram? datagram))
                {
                    return take ? _datagrams.Dequeue() : datagram;
                }

                if (_isClosed)
                {
                    return null;
                }
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
