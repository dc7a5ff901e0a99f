using System.Net.Sockets;

namespace GostNet.Testing;

/// <summary>What the two ends of an in-memory connection share: both directions, one lock, and how many bytes may still pass.</summary>
internal sealed class InMemoryLink
{
    private long _allowance = long.MaxValue;

    public InMemoryLink(int bufferSize)
    {
        Forth = new(this, bufferSize);
        Back = new(this, bufferSize);
    }

    public Lock Gate { get; } = new();

    public InMemoryDirection Forth { get; }

    public InMemoryDirection Back { get; }

    public void FailAfter(long bytes)
    {
        lock (Gate)
        {
            _allowance = bytes;
            FailIfSpent();
        }
    }

    /// <summary>Takes up to <paramref name="count"/> bytes from the allowance. The caller holds the lock.</summary>
    public int Spend(int count)
    {
        int granted = (int)Math.Min(count, _allowance);
        _allowance -= granted;
        return granted;
    }

    /// <summary>Ends both directions with a reset if nothing may pass any more. The caller holds the lock.</summary>
    public void FailIfSpent()
    {
        if (_allowance == 0)
        {
            Forth.End(SocketError.ConnectionReset);
            Back.End(SocketError.ConnectionReset);
        }
    }
}
