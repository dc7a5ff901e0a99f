namespace GostNet.Internal;

/// <summary>Knows which items have been idle for too long, at a cost that does not depend on how often they are used.</summary>
/// <remarks>Items are ordered by the activity that was last looked at. Using one changes only its own stamp; where it stands is mended
/// when it comes to the front. Not thread-safe.</remarks>
internal sealed class ExpiryQueue<T>(Func<T, long> lastActivity, Func<T, bool> isGone)
    where T : class
{
    private readonly PriorityQueue<T, long> _queue = new();

    public void Add(T item) => _queue.Enqueue(item, lastActivity(item));

    /// <summary>The item that has been idle the longest, which stays in the queue; <see langword="null"/> if there is none.</summary>
    public T? Peek(out long stamp)
    {
        while (_queue.TryPeek(out T? item, out stamp))
        {
            if (isGone(item))
            {
                _queue.Dequeue();
            }
            else if (lastActivity(item) is var actual && actual > stamp)
            {
                _queue.DequeueEnqueue(item, actual);
            }
            else
            {
                return item;
            }
        }

        return null;
    }

    /// <summary>Takes out the item that <see cref="Peek"/> returned.</summary>
    public void Remove() => _queue.Dequeue();
}
