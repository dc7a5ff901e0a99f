using Microsoft.Extensions.Logging;

namespace GostNet.Tests.Shared;

/// <summary>Keeps the events of all its loggers, in the order in which they were logged.</summary>
internal sealed class RecordingLoggerFactory : ILoggerFactory
{
    private readonly Lock _gate = new();
    private readonly List<LogEntry> _entries = [];
    private readonly StateWaiters _waiters = new();

    /// <summary>The events so far.</summary>
    public IReadOnlyList<LogEntry> Entries
    {
        get
        {
            lock (_gate)
            {
                return [.. _entries];
            }
        }
    }

    /// <summary>The events so far that have this id.</summary>
    public IReadOnlyList<LogEntry> WithId(int eventId) => [.. Entries.Where(entry => entry.Id.Id == eventId)];

    /// <summary>Waits until that many events of this id were logged.</summary>
    /// <returns>The last of them.</returns>
    public async Task<LogEntry> WaitForAsync(int eventId, int count = 1)
    {
        Task logged;
        lock (_gate)
        {
            logged = _waiters.WaitAsync(() => _entries.Count(entry => entry.Id.Id == eventId) >= count);
        }

        await logged;
        return WithId(eventId)[count - 1];
    }

    public ILogger CreateLogger(string categoryName) => new RecordingLogger(categoryName, this);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    internal void Add(LogEntry entry)
    {
        lock (_gate)
        {
            _entries.Add(entry);
            _waiters.Changed();
        }
    }
}
