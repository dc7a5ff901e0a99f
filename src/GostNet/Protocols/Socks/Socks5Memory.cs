namespace GostNet.Protocols.Socks;

/// <summary>Remembers for a while that a server does not know a command, so that it is not asked each time. Not for ever, because a
/// server may be replaced, and one that closes the connection may have done so for another reason.</summary>
internal sealed class Socks5Memory(TimeProvider time)
{
    public static readonly TimeSpan Span = TimeSpan.FromMinutes(10);

    private long _until = long.MinValue;

    public bool IsUnknown => time.GetUtcNow().UtcTicks < Volatile.Read(ref _until);

    /// <summary>Remembers it.</summary>
    /// <returns>Whether it is news.</returns>
    public bool Remember() => Interlocked.Exchange(ref _until, (time.GetUtcNow() + Span).UtcTicks) == long.MinValue;

    public void Forget() => Volatile.Write(ref _until, long.MinValue);
}
