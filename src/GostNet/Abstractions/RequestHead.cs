using System.Collections.Immutable;

namespace GostNet;

/// <summary>What a connection is asked for that begins with a request.</summary>
internal sealed record RequestHead
{
    /// <summary>What is to be done: <c>CONNECT</c> or another method.</summary>
    public required string Method { get; init; }

    /// <summary>Of whom; <c>host:port</c> for CONNECT. <see langword="null"/> if it was not said.</summary>
    public string? Authority { get; init; }

    /// <summary>By which protocol. Not for CONNECT.</summary>
    public string? Scheme { get; init; }

    /// <summary>Path and query. Not for CONNECT.</summary>
    public string? Path { get; init; }

    /// <summary>All other fields.</summary>
    public ImmutableArray<HeaderField> Fields { get; init; } = [];
}
