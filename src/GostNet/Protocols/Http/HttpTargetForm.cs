namespace GostNet.Protocols.Http;

/// <summary>The forms of a request's target (RFC 9112, section 3.2) that a proxy can do something with.</summary>
internal enum HttpTargetForm
{
    /// <summary>None of the others, or malformed.</summary>
    Other,

    /// <summary><c>host:port</c>, of CONNECT.</summary>
    Authority,

    /// <summary><c>http://host:port/path</c>.</summary>
    Absolute,

    /// <summary><c>/path</c>, with the host in a field.</summary>
    Origin,
}
