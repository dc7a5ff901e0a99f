using GostNet.Internal;

namespace GostNet.Tests.Internal;

public class GoDurationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("30", 30_000)]
    [InlineData("30s", 30_000)]
    [InlineData("1h2m3.5s", 3_723_500)]
    [InlineData("300ms", 300)]
    [InlineData("1500us", 1.5)]
    [InlineData("1500µs", 1.5)]
    [InlineData("1500μs", 1.5)]
    [InlineData("1500000ns", 1.5)]
    [InlineData(".5s", 500)]
    [InlineData("1.m", 60_000)]
    public void TryParse_OfADuration_ReadsIt(string text, double milliseconds)
    {
        Assert.True(GoDuration.TryParse(text, out TimeSpan duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-5")]
    [InlineData("-5s")]
    [InlineData("+5s")]
    [InlineData("1.5")]
    [InlineData("s")]
    [InlineData("5 s")]
    [InlineData("5S")]
    [InlineData("5d")]
    [InlineData("1..5s")]
    [InlineData(".s")]
    [InlineData("5s3")]
    [InlineData("1e3s")]
    [InlineData("5s\0")]
    [InlineData("99999999999999999999")]
    [InlineData("999999999999h")]
    [InlineData("9999999999999999999999999999999999h")]
    public void TryParse_OfAnythingElse_Refuses(string text) => Assert.False(GoDuration.TryParse(text, out _));
}
