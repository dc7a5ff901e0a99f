using GostNet.Tests.Shared;
using Microsoft.Extensions.Logging;

namespace GostNet.Tests;

public sealed partial class RecordingLoggerFactoryTests
{
    private readonly RecordingLoggerFactory _factory = new();

    [Fact]
    public void Log_AnEvent_IsRecordedWithAllThereIsToIt()
    {
        InvalidOperationException failure = new();

        Failed(_factory.CreateLogger("GostNet.Dialer"), "proxy", failure);

        LogEntry entry = Assert.Single(_factory.Entries);
        Assert.Equal(("GostNet.Dialer", LogLevel.Warning, 2001, nameof(Failed)), (entry.Category, entry.Level, entry.Id.Id, entry.Id.Name));
        Assert.Equal("proxy failed", entry.Message);
        Assert.Equal("proxy", entry.Values["Node"]);
        Assert.Same(failure, entry.Exception);
    }

    [Fact]
    public async Task WaitFor_TheSecondOfAnEvent_CompletesWithIt()
    {
        ILogger logger = _factory.CreateLogger<RecordingLoggerFactoryTests>();
        Task<LogEntry> second = _factory.WaitForAsync(7, count: 2);

        Seven(logger, "a");
        Failed(logger, "b", new InvalidOperationException());
        Assert.False(second.IsCompleted);
        Seven(logger, "c");

        Assert.Equal("c", (await second.OrFail()).Message);
        Assert.Equal("a", (await _factory.WaitForAsync(7).OrFail()).Message);
        Assert.Equal(["a", "c"], _factory.WithId(7).Select(entry => entry.Message));
    }

    [LoggerMessage(2001, LogLevel.Warning, "{Node} failed")]
    private static partial void Failed(ILogger logger, string node, Exception exception);

    [LoggerMessage(7, LogLevel.Trace, "{Text}")]
    private static partial void Seven(ILogger logger, string text);
}
