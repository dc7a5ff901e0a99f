using GostNet.Ssh.Sessions;

namespace GostNet.Ssh.Tests.Sessions;

public class ReceiveWindowTests
{
    private const int Size = 2 * 1024 * 1024;

    [Fact]
    public void Receive_MoreThanTheWindow_IsRefused()
    {
        ReceiveWindow window = new(Size);
        Assert.True(window.TryReceive(Size));
        Assert.False(window.TryReceive(1));
        Assert.Equal(0, window.Left);
    }

    [Fact]
    public void Take_ThreePackets_IsCredited()
    {
        ReceiveWindow window = new(Size);
        Assert.True(window.TryReceive(200_000));
        Assert.False(window.Take(ReceiveWindow.CreditStep - 1));
        Assert.True(window.Take(1));
        Assert.Equal(ReceiveWindow.CreditStep, window.Credit(now: 1, roundTrip: 0, minPeriod: 0, out _));
        Assert.Equal(Size - 200_000 + ReceiveWindow.CreditStep, window.Left);
        Assert.False(window.Take(1));
    }

    [Fact]
    public void Take_OnePacketOfAFullWindow_IsCredited()
    {
        ReceiveWindow window = new(Size);
        Assert.True(window.TryReceive(Size));
        Assert.False(window.Take((32 * 1024) - 1));
        Assert.True(window.Take(1));
    }

    [Theory]
    [InlineData(1.0, true)]
    [InlineData(0.6, true)]
    [InlineData(0.4, false)]
    public void Credit_OfSoMuchOfAWindowEachRoundTrip_SaysWhetherItIsTight(double share, bool expected)
    {
        const long RoundTrip = 1000;
        ReceiveWindow window = new(Size);
        bool[] isTight = new bool[4];
        for (int i = 0; i < isTight.Length; i++)
        {
            int count = (int)(share * Size);
            Assert.True(window.TryReceive(count));
            Assert.True(window.Take(count));
            window.Credit(now: (i + 1) * RoundTrip, RoundTrip, minPeriod: 10, out isTight[i]);
        }

        Assert.Equal([false, false, expected, false], isTight); // not before the rate was high twice
    }

    [Fact]
    public void Grow_ByAsMuch_AllowsThePeerThat()
    {
        ReceiveWindow window = new(Size);
        window.Grow(Size);
        Assert.Equal(2 * Size, window.Size);
        Assert.True(window.TryReceive(2 * Size));
    }
}
