namespace GostNet.Internal.Http;

/// <summary>The ways in which a body ends.</summary>
internal enum HttpFramingKind
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>After so many bytes.</summary>
    Length,

    /// <summary>With the last chunk.</summary>
    Chunked,

    /// <summary>With the connection.</summary>
    UntilClose,
}
