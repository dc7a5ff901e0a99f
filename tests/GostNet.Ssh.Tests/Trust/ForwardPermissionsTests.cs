using GostNet.Ssh.Trust;

namespace GostNet.Ssh.Tests.Trust;

public sealed class ForwardPermissionsTests
{
    [Theory]
    [InlineData("db:5432", "db", 5432, true)]
    [InlineData("db:5432", "DB", 5432, true)]
    [InlineData("db:5432", "db", 5433, false)]
    [InlineData("db:5432", "db.example", 5432, false)]
    [InlineData("db:*", "db", 1, true)]
    [InlineData("*:443", "anything", 443, true)]
    [InlineData("*:443", "anything", 80, false)]
    [InlineData("*:*", "anything", 80, true)]
    [InlineData("*.example:443", "www.example", 443, false)]
    [InlineData("[::1]:22", "::1", 22, true)]
    [InlineData("[::1]:22", "[::1]", 22, true)]
    [InlineData("127.0.0.1:80", "localhost", 80, false)]
    [InlineData("a:1, b:2\tc:3,,d:4", "c", 3, true)]
    [InlineData("a:1, b:2\tc:3,,d:4", "d", 3, false)]
    [InlineData("any", "anything", 1, true)]
    [InlineData("", "anything", 1, true)]
    [InlineData(null, "anything", 1, true)]
    [InlineData("none", "anything", 1, false)]
    public void MayOpen_ByAList_ComparesWhatTheClientWrote(string? list, string host, int port, bool expected)
    {
        ForwardPermissions permissions = ForwardPermissions.FromLists(list, "none");

        Assert.Equal(expected, permissions.MayOpen(host, port));
        Assert.False(permissions.MayListen(host, port));
    }

    [Theory]
    [InlineData("8080", "localhost", 8080, true)]
    [InlineData("8080", "", 8080, true)]
    [InlineData("8080", "localhost", 0, false)]
    [InlineData("*", "localhost", 0, true)]
    [InlineData("localhost:8080", "LocalHost", 8080, true)]
    [InlineData("localhost:8080", "", 8080, false)]
    [InlineData("localhost:8080", "127.0.0.1", 8080, false)]
    [InlineData("localhost:*", "localhost", 0, true)]
    [InlineData("192.0.2.*:8080", "192.0.2.7", 8080, true)]
    [InlineData("192.0.2.?:8080", "192.0.2.77", 8080, false)]
    [InlineData("[::1]:8080", "::1", 8080, true)]
    [InlineData("1, 2", "x", 2, true)]
    [InlineData("1, 2", "x", 3, false)]
    [InlineData("any", "", 0, true)]
    [InlineData("none", "localhost", 1, false)]
    public void MayListen_ByAList_ComparesWhatTheClientWrote(string list, string host, int port, bool expected)
    {
        ForwardPermissions permissions = ForwardPermissions.FromLists("none", list);

        Assert.Equal(expected, permissions.MayListen(host, port));
        Assert.False(permissions.MayOpen(host, port));
    }

    [Theory]
    [InlineData("db")]
    [InlineData("db:0")]
    [InlineData("db:65536")]
    [InlineData("db:-1")]
    [InlineData("db: 1")]
    [InlineData("db:http")]
    [InlineData(":80")]
    [InlineData("::1:22")]
    [InlineData("[::1]")]
    [InlineData("[]:1")]
    [InlineData("any,db:1")]
    [InlineData("none none")]
    [InlineData("db:1:2")]
    public void FromLists_WithARuleThatIsNone_SaysWhich(string list)
    {
        var e = Assert.Throws<FormatException>(() => ForwardPermissions.FromLists(list, null));
        Assert.Contains("is no target; write host:port", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost:0")]
    [InlineData("0")]
    [InlineData("localhost")]
    [InlineData(":80")]
    public void FromLists_WithAListenRuleThatIsNone_SaysWhich(string list)
    {
        var e = Assert.Throws<FormatException>(() => ForwardPermissions.FromLists(null, list));
        Assert.Contains($"'{list}' is no address to listen at; write port or host:port", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Both_OfTwo_AllowsWhatBothAllow()
    {
        IForwardPermissions both = ForwardPermissions.Both(
            ForwardPermissions.FromLists("*:80,*:81", "1"), ForwardPermissions.FromLists("*:81,*:82", "none"));

        Assert.Equal([81], Enumerable.Range(79, 5).Where(port => both.MayOpen("host", port)));
        Assert.False(both.MayListen("localhost", 1));
        Assert.Same(both, ForwardPermissions.Both(both, ForwardPermissions.All));
        Assert.Same(both, ForwardPermissions.Both(ForwardPermissions.All, both));
        Assert.False(ForwardPermissions.Both(ForwardPermissions.Nothing, ForwardPermissions.All).MayOpen("host", 80));
    }
}
