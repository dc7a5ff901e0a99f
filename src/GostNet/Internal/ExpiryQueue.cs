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

    /// <summary>Lets go of items that are gone, if they have become the greater part.</summary>
    /// <param name="present">How many items are not gone.</param>
    public void Trim(int present)
    {
        if (_queue.Count > (2 * present) + 64)
        {
            (T Item, long Stamp)[] kept = [.. _queue.UnorderedItems.Where(i => !isGone(i.Element))];
            _queue.Clear();
            _queue.EnqueueRange(kept);
        }
    }

    /// <summary>Takes out the item that <see cref="Peek"/> returned.</summary>
    public void Remove() => _queue.Dequeue();
}
