namespace GostNet.Internal.Http;

/// <summary>How it is known where a message's body ends (RFC 9112, section 6.3).</summary>
/// <param name="Kind">The way.</param>
/// <param name="Length">With <see cref="HttpFramingKind.Length"/>, the number of bytes.</param>
internal readonly record struct HttpFraming(HttpFramingKind Kind, long Length = 0)
{
    /// <summary>Whether there is no body, not even an empty one that is said to be so.</summary>
    public bool HasBody => Kind != HttpFramingKind.None && this is not { Kind: HttpFramingKind.Length, Length: 0 };
}
