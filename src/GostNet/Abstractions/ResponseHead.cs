using System.Collections.Immutable;

namespace GostNet;

/// <summary>The answer to a <see cref="RequestHead"/>.</summary>
/// <param name="StatusCode">How it went; 2xx is well (RFC 9110, section 15).</param>
/// <param name="Fields">What else is to be known.</param>
internal sealed record ResponseHead(int StatusCode, ImmutableArray<HeaderField> Fields);
