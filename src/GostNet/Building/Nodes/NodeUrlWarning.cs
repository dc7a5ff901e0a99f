namespace GostNet.Building.Nodes;

/// <summary>What is accepted in a node URL but worth a look.</summary>
internal enum NodeUrlWarning
{
    /// <summary>A parameter is unknown, or has no effect on such a node.</summary>
    UnknownParameter,

    /// <summary>A parameter stands there twice; the first value counts.</summary>
    RepeatedParameter,

    /// <summary>An address of <c>ip</c> had no port and got GOST's default.</summary>
    IpDefaultPort,

    /// <summary><c>auth</c> stands beside <c>user:password@</c>, which counts.</summary>
    AuthIgnored,
}
