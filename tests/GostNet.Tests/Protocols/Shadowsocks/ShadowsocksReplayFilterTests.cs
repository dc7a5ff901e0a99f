using System.Security.Cryptography;
using GostNet.Protocols.Shadowsocks;

namespace GostNet.Tests.Protocols.Shadowsocks;

public sealed class ShadowsocksReplayFilterTests
{
    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(32)]
    public void TryAdd_ManySalts_KnowsEachOfThemAgain(int size)
    {
        ShadowsocksReplayFilter filter = new();
        byte[][] salts = [.. Enumerable.Range(0, 50_000).Select(_ => RandomNumberGenerator.GetBytes(size))];
        Assert.All(salts, salt => Assert.True(filter.TryAdd(salt)));
        Assert.All(salts, salt => Assert.False(filter.TryAdd(salt)));
    }

    [Fact]
    public void TryAdd_MoreThanItHolds_ForgetsTheOldestOnly()
    {
        const int Capacity = 1000;
        ShadowsocksReplayFilter filter = new(Capacity);
        byte[][] salts = [.. Enumerable.Range(0, 5 * Capacity).Select(_ => RandomNumberGenerator.GetBytes(32))];
        for (int i = 0; i < salts.Length; i++)
        {
            Assert.True(filter.TryAdd(salts[i]));
            Assert.False(filter.TryAdd(salts[Math.Max(0, i - Capacity + 1)]));
        }

        Assert.True(filter.TryAdd(salts[0]));
    }

    [Fact]
    public void TryAdd_OfManyAtOnce_LetsEachInOnce()
    {
        ShadowsocksReplayFilter filter = new();
        byte[][] salts = [.. Enumerable.Range(0, 200).Select(_ => RandomNumberGenerator.GetBytes(32))];
        int added = 0;
        Parallel.For(0, 4 * salts.Length, i => Interlocked.Add(ref added, filter.TryAdd(salts[i % salts.Length]) ? 1 : 0));
        Assert.Equal(salts.Length, added);
    }

    [Fact]
    public void TryAdd_Full_TakesNewSaltsForOldOnesRarely()
    {
        ShadowsocksReplayFilter filter = new();
        Span<byte> salt = stackalloc byte[32];
        int refused = 0;
        for (int i = 0; i < ShadowsocksReplayFilter.Capacity + 50_000; i++)
        {
            RandomNumberGenerator.Fill(salt);
            refused += filter.TryAdd(salt) ? 0 : 1;
        }

        Assert.InRange(refused, 0, 1);
    }

    [Fact]
    public void TryAdd_TooShortToBeTold_IsNew()
    {
        ShadowsocksReplayFilter filter = new();
        Assert.True(filter.TryAdd(new byte[6]));
        Assert.True(filter.TryAdd(new byte[6]));
    }
}
