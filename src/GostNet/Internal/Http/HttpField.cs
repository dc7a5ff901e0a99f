namespace GostNet.Internal.Http;

/// <summary>Where in its head a field is.</summary>
internal readonly record struct HttpField(HttpFieldKind Kind, int NameStart, int NameLength, int ValueStart, int ValueLength);
