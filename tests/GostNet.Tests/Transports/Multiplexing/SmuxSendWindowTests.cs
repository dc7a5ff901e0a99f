using GostNet.Transports.Multiplexing;

namespace GostNet.Tests.Transports.Multiplexing;

public class SmuxSendWindowTests
{
    [Fact]
    public void Room_RecordedTrace_IsTheSame()
    {
        SmuxSendWindow window = new();
        window.Send(40_005);
        Assert.Equal(222_139, window.Room);
        window.Send(222_139);
        Assert.True(window.TryUpdate(65_536, 65_536));
        Assert.Equal(65_536 - 196_608, window.Room);
        Assert.True(window.TryUpdate(262_144, 65_536));
        Assert.Equal(65_536, window.Room);
    }

    [Fact]
    public void TryUpdate_MoreThanWasSent_IsRefused()
    {
        SmuxSendWindow window = new();
        window.Send(10);
        Assert.False(window.TryUpdate(11, 65_536));
        Assert.True(window.TryUpdate(10, 65_536));
    }

    [Fact]
    public void Room_CountersWrap_GoesOn()
    {
        SmuxSendWindow window = new();
        uint sent = 0;
        for (int i = 0; i < 40_000; i++)
        {
            window.Send(131_072); // 5 GB in all
            sent = unchecked(sent + 131_072);
            Assert.True(window.TryUpdate(sent, 65_536));
        }

        Assert.Equal(65_536, window.Room);
    }

    [Theory]
    [InlineData(0u, 0)]
    [InlineData(0x7fff_ffffu, int.MaxValue)]
    [InlineData(0x8000_0000u, int.MaxValue)]
    [InlineData(uint.MaxValue, int.MaxValue)]
    public void TryUpdate_HugeWindow_IsClamped(uint window, long room)
    {
        SmuxSendWindow sender = new();
        Assert.True(sender.TryUpdate(0, window));
        Assert.Equal(room, sender.Room);
    }
}
