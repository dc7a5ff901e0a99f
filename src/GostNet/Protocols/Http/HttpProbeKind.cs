namespace GostNet.Protocols.Http;

/// <summary>What somebody without a login is answered.</summary>
internal enum HttpProbeKind
{
    /// <summary>A status without a body.</summary>
    Code,

    /// <summary>A page of some web server.</summary>
    Web,

    /// <summary>Whatever another server answers to the same request.</summary>
    Host,

    /// <summary>A file.</summary>
    File,
}
