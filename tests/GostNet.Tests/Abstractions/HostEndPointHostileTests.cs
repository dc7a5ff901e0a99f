namespace GostNet.Tests.Abstractions;

public class HostEndPointHostileTests
{
    [Theory]
    [InlineData("fe80::1%eth0")]
    [InlineData("fe80::1%25")]
    [InlineData("fe80::1%br-lan.5")]
    public void Constructor_ZoneOfAnInterface_IsKept(string host) => Assert.Equal(host, new HostEndPoint(host, 1).Host);

    [Theory]
    [InlineData("fe80::1%")]
    [InlineData("fe80::1% ")]
    [InlineData("fe80::1%a\r\nX-Injected: 1")]
    [InlineData("fe80::1%a\0")]
    [InlineData("fe80::1%é")]
    [InlineData("fe80::1%a%b")]
    public void Constructor_ZoneThatIsNone_Throws(string host) => Assert.Throws<ArgumentException>(() => new HostEndPoint(host, 1));

    [Fact]
    public void TryParse_PortWithNul_IsRefused() => Assert.False(HostEndPoint.TryParse("db:80\0", null, out _));

    [Fact]
    public void Constructor_EndlessZone_Throws() =>
        Assert.Throws<ArgumentException>(() => new HostEndPoint("fe80::1%" + new string('a', 250), 1));
}
