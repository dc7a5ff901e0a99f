using GostNet.Transports.Multiplexing;

namespace GostNet.Tests.Transports.Multiplexing;

public class SmuxOptionsTests
{
    private static readonly string[] AllNames =
    [
        nameof(SmuxOptions.Version), nameof(SmuxOptions.MaxFrameSize), nameof(SmuxOptions.ReceiveBuffer), nameof(SmuxOptions.StreamBuffer),
        nameof(SmuxOptions.MaxStreamShare), nameof(SmuxOptions.MaxStreams), nameof(SmuxOptions.AcceptBacklog),
        nameof(SmuxOptions.SynRateLimit), nameof(SmuxOptions.HalfClose), nameof(SmuxOptions.StallTimeout),
        nameof(SmuxOptions.KeepAliveInterval), nameof(SmuxOptions.KeepAliveTimeout), nameof(SmuxOptions.WriteTimeout),
        nameof(SmuxOptions.CloseTimeout), nameof(SmuxOptions.HalfCloseTimeout),
    ];

    public static TheoryData<string> Names => [.. AllNames];

    [Fact]
    public void Validate_Defaults_AreRight() => new SmuxOptions().Validate();

    [Theory]
    [MemberData(nameof(Names))]
    public void Validate_OneThatIsWrong_IsNamed(string name)
    {
        SmuxOptions options = Wrong();
        SmuxOptions right = new();
        typeof(SmuxOptions).GetProperty(name)!.SetValue(right, typeof(SmuxOptions).GetProperty(name)!.GetValue(options));

        ArgumentException failure = Assert.Throws<ArgumentException>(right.Validate);

        Assert.Contains($"{name} is ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_AllWrong_AreAllNamed()
    {
        ArgumentException failure = Assert.Throws<ArgumentException>(Wrong().Validate);

        Assert.All(AllNames, name => Assert.Contains($"{name} is ", failure.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(32_768, true)]
    [InlineData(32_769, false)]
    public void Validate_FrameSize_StaysBelowWhatCrashesGost(int size, bool isRight) =>
        Assert.Equal(isRight, Record.Exception(new SmuxOptions { MaxFrameSize = size }.Validate) is null);

    [Fact]
    public void Validate_TimeoutBelowInterval_IsWrong() =>
        Assert.Throws<ArgumentException>(new SmuxOptions { KeepAliveTimeout = TimeSpan.FromSeconds(9) }.Validate);

    [Fact]
    public void Validate_StreamBufferAboveReceiveBuffer_IsWrongInVersion2() =>
        Assert.Throws<ArgumentException>(new SmuxOptions { Version = 2, ReceiveBuffer = 65_535 }.Validate);

    [Fact]
    public void Validate_NoKeepAlive_IsRight() => new SmuxOptions
    {
        KeepAliveInterval = Timeout.InfiniteTimeSpan,
        KeepAliveTimeout = Timeout.InfiniteTimeSpan,
    }.Validate();

    private static SmuxOptions Wrong() => new()
    {
        Version = 3,
        MaxFrameSize = 0,
        ReceiveBuffer = 0,
        StreamBuffer = 0,
        MaxStreamShare = 0,
        MaxStreams = 0,
        AcceptBacklog = 0,
        SynRateLimit = 0,
        HalfClose = (SmuxHalfClose)3,
        StallTimeout = TimeSpan.Zero,
        KeepAliveInterval = TimeSpan.Zero,
        KeepAliveTimeout = TimeSpan.FromSeconds(-2),
        WriteTimeout = TimeSpan.FromDays(50),
        CloseTimeout = Timeout.InfiniteTimeSpan,
        HalfCloseTimeout = TimeSpan.Zero,
    };
}
