namespace GostNet.Internal;

/// <summary>A connection some of whose bytes were read ahead, together with the end of a handshake. They are read from it first.</summary>
internal sealed class PrefixedConnection : ReadLayerConnection
{
    private readonly PrefixedStream _stream;

    private PrefixedConnection(IConnection inner, PrefixedStream stream)
        : base(inner, stream)
    {
        _stream = stream;
    }

    protected override bool IsTransparent => _stream.IsDrained;

    /// <summary>Puts bytes that were read ahead back in front of a connection, which the result owns.</summary>
    /// <param name="prefix">The bytes; they are copied. If there are none, the result is <paramref name="inner"/> itself.</param>
    /// <param name="inner">The connection they came from.</param>
    public static IConnection Create(ReadOnlySpan<byte> prefix, IConnection inner) =>
        prefix.IsEmpty ? inner : new PrefixedConnection(inner, new PrefixedStream(prefix.ToArray(), inner.Stream));
}
