namespace GostNet.Internal;

/// <summary>A connection that is listened to while it is not yet anybody's to read: what the peer sends meanwhile is kept, and when it
/// ends is noticed. Whoever reads then reads that first.</summary>
/// <remarks>The read that is under way when somebody begins to read is not cancelled, because not every transport lives through
/// that. It is waited for.</remarks>
internal sealed class ReadAheadConnection : ReadLayerConnection
{
    private readonly ReadAheadStream _stream;

    private ReadAheadConnection(IConnection inner, ReadAheadStream stream)
        : base(inner, stream)
    {
        _stream = stream;
    }

    /// <summary>Completes once there is something to read, be it the end. It does not fail.</summary>
    public Task Readable => _stream.Readable;

    /// <summary>Completes once the peer has ended its direction or the connection broke, behind no more bytes than are kept. It does not
    /// fail.</summary>
    public Task Ended => _stream.Ended;

    protected override bool IsTransparent => _stream.IsTransparent;

    /// <summary>Begins to listen to a connection, which the result owns.</summary>
    /// <param name="inner">The connection.</param>
    /// <param name="limit">How many bytes are kept at most; the peer waits with further ones. With 0 nothing is taken from the
    /// connection: it is only waited until there is something.</param>
    public static ReadAheadConnection Start(IConnection inner, int limit) => new(inner, new ReadAheadStream(inner.Stream, limit));
}
