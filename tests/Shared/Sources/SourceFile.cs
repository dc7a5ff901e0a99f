namespace GostNet.Tests.Shared.Sources;

/// <summary>A source of a library.</summary>
/// <param name="Path">Where it is, from the library's folder on.</param>
/// <param name="Room">The first folder.</param>
/// <param name="Layer">The second one, if any.</param>
/// <param name="Code">What is in it, without comments and literals.</param>
internal sealed record SourceFile(string Path, string Room, string? Layer, string Code);
