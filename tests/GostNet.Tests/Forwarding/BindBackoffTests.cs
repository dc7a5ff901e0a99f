using GostNet.Forwarding;

namespace GostNet.Tests.Forwarding;

/// <summary>How long a far end is left alone before it is asked again.</summary>
public sealed class BindBackoffTests
{
    [Theory]
    [InlineData(0.0, new[] { 1.0, 2, 4, 6, 6, 6 })]
    [InlineData(0.999999, new[] { 0.5, 1, 2, 3, 3, 3 })]
    public void Next_WhileItFails_GrowsAndIsLessByChance(double chance, double[] expected)
    {
        var backoff = new BindBackoff(new FixedRandom(chance));

        double[] waits = [.. expected.Select(_ => Math.Round(backoff.Next(TimeSpan.Zero).TotalSeconds, 3))];

        Assert.Equal(expected, waits);
    }

    [Theory]
    [InlineData(6.0, 4)]
    [InlineData(6.1, 0.25)]
    public void Next_AfterItListened_IsShortOnlyIfThatWasLong(double listenedFor, double expected)
    {
        var backoff = new BindBackoff(new FixedRandom(0));
        backoff.Next(TimeSpan.Zero);
        backoff.Next(TimeSpan.Zero);

        Assert.Equal(TimeSpan.FromSeconds(expected), backoff.Next(TimeSpan.FromSeconds(listenedFor)));
    }

    [Fact]
    public void Next_AfterItListenedForLong_BeginsAnew()
    {
        var backoff = new BindBackoff(new FixedRandom(0));
        backoff.Next(TimeSpan.Zero);
        backoff.Next(TimeSpan.FromMinutes(1));

        Assert.Equal(TimeSpan.FromSeconds(1), backoff.Next(TimeSpan.Zero));
    }

    private sealed class FixedRandom(double value) : Random
    {
        public override double NextDouble() => value;
    }
}
