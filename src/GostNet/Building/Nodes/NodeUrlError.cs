namespace GostNet.Building.Nodes;

/// <summary>Why a node URL is refused.</summary>
internal enum NodeUrlError
{
    /// <summary>There is no text.</summary>
    Empty,

    /// <summary>The scheme is malformed, or one of its words is unknown.</summary>
    BadScheme,

    /// <summary>Each part is known, and together they make no sense.</summary>
    BadCombination,

    /// <summary>The host is not one, or lacks its brackets.</summary>
    BadHost,

    /// <summary>The port is not a number in range.</summary>
    BadPort,

    /// <summary>There is no port.</summary>
    MissingPort,

    /// <summary>A target or listed address cannot be read.</summary>
    BadTarget,

    /// <summary>There is nothing to dial.</summary>
    NoTarget,

    /// <summary>There are targets, and the node has no use for them.</summary>
    TargetUnused,

    /// <summary>There is a path, and a node of a chain has no use for one.</summary>
    PathUnused,

    /// <summary>There are credentials, and nobody would check them.</summary>
    CredentialsUnused,

    /// <summary>A password without a user.</summary>
    EmptyUser,

    /// <summary>A server's user without a password would let any password in.</summary>
    EmptyPassword,

    /// <summary>A percent sign does not begin an escape, or the escapes are not UTF-8.</summary>
    BadEscape,

    /// <summary>There is a fragment.</summary>
    Fragment,

    /// <summary>The query is not a list of pairs.</summary>
    BadQuery,

    /// <summary>A parameter is not a number.</summary>
    BadInteger,

    /// <summary>A parameter is not a truth value.</summary>
    BadBoolean,

    /// <summary>A parameter is not a duration, or a negative one.</summary>
    BadDuration,

    /// <summary>A parameter is none of the values it can have.</summary>
    BadValue,

    /// <summary>A parameter is not Base64.</summary>
    BadBase64,

    /// <summary>A file cannot be read, or what is in it cannot be used.</summary>
    File,
}
