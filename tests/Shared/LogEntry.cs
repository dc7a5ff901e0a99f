using Microsoft.Extensions.Logging;

namespace GostNet.Tests.Shared;

/// <summary>One event as it was logged. <paramref name="Values"/> are those of the message template, by name.</summary>
internal sealed record LogEntry(
    string Category, LogLevel Level, EventId Id, string Message, IReadOnlyDictionary<string, object?> Values, Exception? Exception);
