namespace GostNet.Internal.Http;

/// <summary>What is wrong with a head.</summary>
internal enum HttpHeadError
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The first line is not that of a request in HTTP/1.0 or 1.1.</summary>
    BadRequestLine,

    /// <summary>The first line is not that of a response in HTTP/1.0 or 1.1.</summary>
    BadStatusLine,

    /// <summary>A line does not end with CR LF.</summary>
    BareLineFeed,

    /// <summary>A line begins with a blank: what was once a continuation.</summary>
    FoldedLine,

    /// <summary>A field has no colon, or something before it that is no name.</summary>
    BadFieldName,

    /// <summary>A field has control characters in its value.</summary>
    BadFieldValue,

    /// <summary>There are too many fields.</summary>
    TooManyFields,

    /// <summary>There is no Host field, or more than one.</summary>
    BadHost,

    /// <summary>Content-Length is not one number.</summary>
    BadContentLength,

    /// <summary>Transfer-Encoding is not "chunked", or the message is of HTTP/1.0.</summary>
    BadTransferEncoding,

    /// <summary>There is both Content-Length and Transfer-Encoding: somebody may read the one, and somebody else the other.</summary>
    TwoLengths,
}
