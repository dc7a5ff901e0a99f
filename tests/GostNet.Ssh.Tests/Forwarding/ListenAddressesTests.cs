using GostNet.Ssh.Forwarding;

namespace GostNet.Ssh.Tests.Forwarding;

/// <summary>Where sshd listens, as it was measured (ssh, section 4).</summary>
public sealed class ListenAddressesTests
{
    private const string Loopback = "127.0.0.1:5531 [::1]:5531";
    private const string All = ":5531";

    [Theory]
    [InlineData("localhost", Loopback, Loopback)]
    [InlineData("", Loopback, All)]
    [InlineData("*", Loopback, All)]
    [InlineData("0.0.0.0", Loopback, "0.0.0.0:5531")]
    [InlineData("::", Loopback, "[::]:5531")]
    [InlineData("127.0.0.1", "127.0.0.1:5531", "127.0.0.1:5531")]
    [InlineData("::1", "[::1]:5531", "[::1]:5531")]
    [InlineData("[::1]", "[::1]:5531", "[::1]:5531")]
    [InlineData("192.0.2.7", Loopback, "192.0.2.7:5531")]
    [InlineData("[2001:db8::7]", Loopback, "[2001:db8::7]:5531")]
    [InlineData("gate.example", Loopback, "gate.example:5531")]
    [InlineData("no host", Loopback, "")]
    public void Find_OfAWish_IsWhatSshdHas(string address, string no, string clientSpecified)
    {
        Assert.Equal(no, Find(address, GatewayPorts.No));
        Assert.Equal(clientSpecified, Find(address, GatewayPorts.ClientSpecified));
        Assert.Equal(All, Find(address, GatewayPorts.Yes));
    }

    [Theory]
    [InlineData("localhost", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("gate.example", true)]
    public void IsNarrowed_OfAWish_IsWhetherItWasForMore(string address, bool expected)
    {
        Assert.Equal(expected, ListenAddresses.IsNarrowed(address, GatewayPorts.No));
        Assert.False(ListenAddresses.IsNarrowed(address, GatewayPorts.Yes));
    }

    private static string Find(string address, GatewayPorts gatewayPorts) =>
        string.Join(' ', ListenAddresses.Find(address, 5531, gatewayPorts).Select(place => place.ToString()));
}
