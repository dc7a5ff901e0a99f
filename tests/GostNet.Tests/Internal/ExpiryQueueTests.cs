using GostNet.Internal;

namespace GostNet.Tests.Internal;

public sealed class ExpiryQueueTests
{
    [Fact]
    public void Peek_ItemsAreUsed_FindsTheIdlest()
    {
        ExpiryQueue<Item> queue = Queue();
        Item a = new() { Stamp = 1 };
        Item b = new() { Stamp = 2 };
        queue.Add(a);
        queue.Add(b);
        a.Stamp = 3;

        Assert.Same(b, queue.Peek(out long stamp));
        Assert.Equal(2, stamp);
        b.Stamp = 4;
        Assert.Same(a, queue.Peek(out _));
        queue.Remove();
        Assert.Same(b, queue.Peek(out _));
    }

    [Fact]
    public void Peek_ItemsAreGone_LeavesThemOut()
    {
        ExpiryQueue<Item> queue = Queue();
        Item a = new() { Stamp = 1 };
        queue.Add(a);
        a.IsGone = true;

        Assert.Null(queue.Peek(out _));
    }

    [Fact]
    public void Trim_MostItemsAreGone_LetsThemBeCollected()
    {
        ExpiryQueue<Item> queue = Queue();
        Item kept = new() { Stamp = 0 };
        queue.Add(kept);
        WeakReference[] gone = [.. Enumerable.Range(1, 1000).Select(i => AddGone(queue, i))];
        GC.Collect();

        Assert.InRange(gone.Count(item => item.IsAlive), 0, 100);
        Assert.Same(kept, queue.Peek(out _));
    }

    private static ExpiryQueue<Item> Queue() => new(item => item.Stamp, item => item.IsGone);

    private static WeakReference AddGone(ExpiryQueue<Item> queue, long stamp)
    {
        Item item = new() { Stamp = stamp };
        queue.Add(item);
        item.IsGone = true;
        queue.Trim(present: 1);
        return new WeakReference(item);
    }

    private sealed class Item
    {
        public long Stamp { get; set; }

        public bool IsGone { get; set; }
    }
}
