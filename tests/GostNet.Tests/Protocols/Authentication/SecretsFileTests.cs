using GostNet.Diagnostics;
using GostNet.Protocols.Authentication;
using GostNet.Tests.Shared;
using Microsoft.Extensions.Logging;

namespace GostNet.Tests.Protocols.Authentication;

public sealed class SecretsFileTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly string _path = Path.GetTempFileName();
    private readonly ManualTimeProvider _time = new();
    private readonly RecordingLoggerFactory _logs = new();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Authenticate_OfUsersInTheFile_KnowsThem()
    {
        SecretsFile file = Open("# the crew\n\nann secret\n\t bob \t p#ss   ignored words\nreload 1m\n");

        Assert.True(file.Authenticate("ann", "secret"));
        Assert.True(file.Authenticate("bob", "p#ss"));
        Assert.False(file.Authenticate("reload", "1m"));
        Assert.False(file.Authenticate("#", "the"));
        Assert.False(file.Authenticate("ann", ""));
    }

    [Theory]
    [InlineData("", "there is no user in it")]
    [InlineData("# ann secret\nreload 5s\n", "there is no user in it")]
    [InlineData("ann secret\n\nbob\n", "line 3 has a user without a password")]
    [InlineData("ann secret\nreload soon\n", "line 2 wants a duration")]
    [InlineData("ann secret\nreload\n", "line 2 wants a duration")]
    public void TryOpen_OfAFileThatLetsTooManyIn_RefusesWithoutTellingPasswords(string content, string expected)
    {
        Write(content);

        Assert.False(SecretsFile.TryOpen(_path, _time, _logs.CreateLogger("x"), out _, out string? problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void TryOpen_OfNoFile_Refuses()
    {
        File.Delete(_path);

        Assert.False(SecretsFile.TryOpen(_path, _time, _logs.CreateLogger("x"), out _, out string? problem));
        Assert.NotNull(problem);
    }

    [Fact]
    public void Authenticate_AfterAChange_SeesItOnceThePeriodHasPassed()
    {
        SecretsFile file = Open("reload 5s\nann old\n");
        Write("reload 5s\nann new!\n");

        _time.Advance(4.9 * Second);
        Assert.False(file.Authenticate("ann", "new!"));
        _time.Advance(0.1 * Second);
        Assert.True(file.Authenticate("ann", "new!"));
        Assert.False(file.Authenticate("ann", "old"));
        Assert.Equal("Read 1 users from " + _path, _logs.WithId(LogEventIds.UsersReloaded).Single().Message);
    }

    [Fact]
    public void Authenticate_WithAPeriodBelowASecond_LooksOnceASecond()
    {
        SecretsFile file = Open("reload 1ms\nann old\n");
        Write("reload 1ms\nann new!\n");

        _time.Advance(0.9 * Second);
        Assert.False(file.Authenticate("ann", "new!"));
        _time.Advance(0.1 * Second);
        Assert.True(file.Authenticate("ann", "new!"));
    }

    [Theory]
    [InlineData("ann old\n")]
    [InlineData("ann old\nreload 0\n")]
    public void Authenticate_WithoutAPeriod_NeverLooksAgain(string content)
    {
        SecretsFile file = Open(content);
        Write("ann new!\n");

        _time.Advance(TimeSpan.FromDays(9));
        Assert.False(file.Authenticate("ann", "new!"));
    }

    [Fact]
    public void Authenticate_AfterAChangeOfThePeriod_KeepsToTheNewOne()
    {
        SecretsFile file = Open("reload 1s\nann old\n");
        Write("reload 10s\nann newer\n");
        _time.Advance(Second);
        Assert.True(file.Authenticate("ann", "newer"));
        Write("ann newest\n");

        _time.Advance(9.9 * Second);
        Assert.False(file.Authenticate("ann", "newest"));
        _time.Advance(0.1 * Second);
        Assert.True(file.Authenticate("ann", "newest"));
    }

    /// <summary>GOST lets everybody in after the first two, and never looks again after the last.</summary>
    [Theory]
    [InlineData("reload 1s\n")]
    [InlineData("reload 1s\nann\n")]
    [InlineData("reload never\nann other\n")]
    [InlineData(null)]
    public void Authenticate_WhileTheFileIsWrong_KeepsTheUsersTellsOnceAndGoesOnLooking(string? wrong)
    {
        SecretsFile file = Open("reload 1s\nann old\n");
        Write(wrong);
        for (int i = 0; i < 3; i++)
        {
            _time.Advance(Second);
            Assert.True(file.Authenticate("ann", "old"));
            Assert.False(file.Authenticate("ann", ""));
            Assert.False(file.Authenticate("zoe", "anything"));
        }

        LogEntry told = Assert.Single(_logs.WithId(LogEventIds.UsersNotReloaded));
        Assert.Equal(LogLevel.Warning, told.Level);

        Write("reload 1s\nann brand-new\n");
        _time.Advance(Second);
        Assert.True(file.Authenticate("ann", "brand-new"));
    }

    [Fact]
    public void Authenticate_OfAnUntouchedFile_ReadsNothing()
    {
        SecretsFile file = Open("reload 1s\nann old\n");

        _time.Advance(Second);
        Assert.True(file.Authenticate("ann", "old"));
        Assert.Empty(_logs.Entries);
    }

    private SecretsFile Open(string content)
    {
        Write(content);
        Assert.True(SecretsFile.TryOpen(_path, _time, _logs.CreateLogger("x"), out SecretsFile? file, out string? problem), problem);
        return file;
    }

    private void Write(string? content)
    {
        File.Delete(_path);
        if (content is not null)
        {
            File.WriteAllText(_path, content);
        }
    }
}
