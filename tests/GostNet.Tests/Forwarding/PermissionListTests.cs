using GostNet.Forwarding;

namespace GostNet.Tests.Forwarding;

/// <summary>Whitelists and blacklists (gost-nodes, section 5.5).</summary>
public sealed class PermissionListTests
{
    [Theory]
    [InlineData("tcp:*:*", "tcp", "a", 1, true)]
    [InlineData("tcp:*:*", "udp", "a", 1, false)]
    [InlineData("*:*:*", "rudp", "a", 65535, true)]
    [InlineData("r*:*:*", "rtcp", "a", 1, true)]
    [InlineData("r*:*:*", "tcp", "a", 1, false)]
    [InlineData("*tcp:*:*", "rtcp", "a", 1, true)]
    [InlineData("tcp,udp:*:*", "udp", "a", 1, true)]
    [InlineData("TCP:*:*", "tcp", "a", 1, true)]
    [InlineData("tcp:a.example:80", "tcp", "a.example", 80, true)]
    [InlineData("tcp:a.example:80", "tcp", "A.Example", 80, true)]
    [InlineData("tcp:a.example:80", "tcp", "a.example", 81, false)]
    [InlineData("tcp:a.example:80", "tcp", "b.a.example", 80, false)]
    [InlineData("tcp:a.example:80", "tcp", "a.example.org", 80, false)]
    [InlineData("tcp:*.example:*", "tcp", "a.example", 1, true)]
    [InlineData("tcp:*.example:*", "tcp", "b.a.example", 1, true)]
    [InlineData("tcp:*.example:*", "tcp", "example", 1, false)]
    [InlineData("tcp:*.example:*", "tcp", "badexample", 1, false)]
    [InlineData("tcp:10.*:*", "tcp", "10.1.2.3", 1, true)]
    [InlineData("tcp:10.*:*", "tcp", "110.1.2.3", 1, false)]
    [InlineData("tcp:a*b*c:*", "tcp", "aXbYbZc", 1, true)]
    [InlineData("tcp:a*b*c:*", "tcp", "aXbYbZ", 1, false)]
    [InlineData("tcp:**a**:*", "tcp", "a", 1, true)]
    [InlineData("tcp:a,b:*", "tcp", "b", 1, true)]
    [InlineData("tcp:a,b:*", "tcp", "c", 1, false)]
    [InlineData("tcp:*:80,443", "tcp", "a", 443, true)]
    [InlineData("tcp:*:8000-9000", "tcp", "a", 8000, true)]
    [InlineData("tcp:*:8000-9000", "tcp", "a", 9000, true)]
    [InlineData("tcp:*:8000-9000", "tcp", "a", 7999, false)]
    [InlineData("tcp:*:8000-9000", "tcp", "a", 9001, false)]
    [InlineData("tcp:*:1-2,5,8-9", "tcp", "a", 5, true)]
    [InlineData("tcp:*:1-2,5,8-9", "tcp", "a", 6, false)]
    [InlineData("tcp:*:*", "tcp", "a", 0, true)]
    [InlineData("udp:*:53 tcp:a:80", "tcp", "a", 80, true)]
    [InlineData("  udp:*:53   tcp:a:80 ", "tcp", "a", 53, false)]
    [InlineData("tcp:*:*", "tcp", "2001:db8::1", 1, true)]
    [InlineData("tcp:2001*:*", "tcp", "2001:db8::1", 1, true)]
    [InlineData("tcp:2001.*:*", "tcp", "2001:db8::1", 1, false)]
    [InlineData("tcp:*.bücher.example:*", "tcp", "a.xn--bcher-kva.example", 1, true)]
    public void Contains_OfAList_IsAsGostHasIt(string list, string action, string host, int port, bool expected)
    {
        Assert.True(PermissionList.TryParse(list, out PermissionList? permissions));

        Assert.Equal(expected, permissions.Contains(action, [host], port));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("tcp")]
    [InlineData("tcp:*")]
    [InlineData("tcp:*:*:*")]
    [InlineData("tcp:2001:db8::1:80")]
    [InlineData(":*:*")]
    [InlineData("tcp::*")]
    [InlineData("tcp:*:")]
    [InlineData("tcp:*:x")]
    [InlineData("tcp:*:80,")]
    [InlineData("tcp:*:-80")]
    [InlineData("tcp:*:80-")]
    [InlineData("tcp:*:90-80")]
    [InlineData("tcp:*:1-2-3")]
    [InlineData("tcp:*:65536")]
    [InlineData("tcp:*:+80")]
    [InlineData("tcp:*:8*")]
    [InlineData("tcp:*:* oops")]
    public void TryParse_SomethingElse_IsRefused(string list) => Assert.False(PermissionList.TryParse(list, out _));

    [Theory]
    [InlineData("udp:*:*", true, true)]
    [InlineData("udp:a,**:1-65535", true, true)]
    [InlineData("tcp:a:1 *:*:*", true, true)]
    [InlineData("udp:*:2-65535", true, false)]
    [InlineData("udp:*.a:*", true, false)]
    [InlineData("rudp:*:*", false, false)]
    public void MentionsAndContainsAll_OfAList_TellOfTheAction(string list, bool mentions, bool containsAll)
    {
        Assert.True(PermissionList.TryParse(list, out PermissionList? permissions));

        Assert.Equal((mentions, containsAll), (permissions.Mentions("udp"), permissions.ContainsAll("udp")));
    }

    /// <summary>With a matcher that tries everything this takes longer than the world has stood.</summary>
    [Fact]
    public void Contains_AHostilePattern_ComesToAnEnd()
    {
        string pattern = string.Concat(Enumerable.Repeat("*a", 100)) + "b";
        Assert.True(PermissionList.TryParse($"tcp:{pattern}:*", out PermissionList? permissions));

        Assert.False(permissions.Contains("tcp", [new string('a', 253)], 1));
    }
}
