using Microsoft.Extensions.Logging;

namespace GostNet.Tests.Shared;

/// <summary>Hands every event to the factory that made it, at every level.</summary>
internal sealed class RecordingLogger(string category, RecordingLoggerFactory factory) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        Dictionary<string, object?> values = [];
        if (state is IEnumerable<KeyValuePair<string, object?>> pairs)
        {
            foreach ((string name, object? value) in pairs)
            {
                values[name] = value;
            }
        }

        factory.Add(new(category, logLevel, eventId, formatter(state, exception), values, exception));
    }
}
