using System.Net;
using GostNet.Protocols.Socks;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols.Socks;

public class Socks4ConnectorTests
{
    private static readonly HostEndPoint Target = new("example.com", 20080);
    private readonly Socks4Connector _socks4a = new("hop1", resolve: null);

    [Theory]
    [InlineData("example.com", "04 01 4e70 0a010203 00")]
    [InlineData("127.0.0.1", "04 01 4e70 7f000001 00")]
    [InlineData("", "04 01 4e70 00000000 00")]
    public async Task ConnectAsync_Socks4_SendsAnIPv4Address(string host, string request)
    {
        ScriptedPeer peer = new();
        Task<IConnection> connect = Socks4("::1", "10.1.2.3").ConnectAsync(peer.Near, new(host, 20080)).AsTask();

        await peer.ExpectAsync(request);
        await peer.SendAsync("00 5a 0000 00000000");

        Assert.Same(peer.Near, await connect.OrFail());
    }

    [Theory]
    [InlineData("example.com", "04 01 4e70 00000001 6d6500 6578616d706c652e636f6d00")]
    [InlineData("127.0.0.1", "04 01 4e70 00000001 6d6500 3132372e302e302e3100")]
    [InlineData("", "04 01 4e70 00000001 6d6500 00")]
    public async Task ConnectAsync_Socks4a_SendsTheHostAsText(string host, string request)
    {
        ScriptedPeer peer = new();
        Task<IConnection> connect =
            new Socks4Connector("hop1", resolve: null, new("me", "not sent")).ConnectAsync(peer.Near, new(host, 20080)).AsTask();

        await peer.ExpectAsync(request);
        await peer.SendAsync("00 5a 0000 00000000");

        Assert.Same(peer.Near, await connect.OrFail());
    }

    [Theory]
    [InlineData("::1", "1.2.3.4", ForwardError.AddressNotSupported)]
    [InlineData("0.0.0.7", "1.2.3.4", ForwardError.AddressNotSupported)] // would mean that a name follows
    [InlineData("example.com", "::1", ForwardError.AddressNotSupported)]
    [InlineData("example.com", "", ForwardError.NameNotResolved)]
    public async Task ConnectAsync_NoIPv4Address_IsTheTargetsFault(string host, string resolved, ForwardError error)
    {
        ForwardException failure = await ScriptedPeer.FailureAsync(
            Socks4(resolved.Split(' ', StringSplitOptions.RemoveEmptyEntries)), new(host, 80), []);

        Assert.Equal((error, true), (failure.Error, failure.IsTargetFault));
    }

    [Fact]
    public async Task ConnectAsync_ResolverFails_IsTheTargetsFault()
    {
        InvalidOperationException cause = new("no such host");

        ForwardException failure = await ScriptedPeer.FailureAsync(new Socks4Connector("hop1", (_, _) => throw cause), Target, []);

        Assert.Equal((ForwardError.NameNotResolved, true), (failure.Error, failure.IsTargetFault));
        Assert.Same(cause, failure.InnerException);
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1)]
    public async Task ConnectAsync_PayloadInTheSameSegment_IsKept(int maxRead)
    {
        (_, byte[] payload) = await ScriptedPeer.SuccessAsync(
            _socks4a, Target, [.. ScriptedPeer.Hex("00 5a 1234 01020304"), .. "banner"u8], maxRead);

        Assert.Equal("banner"u8.ToArray(), payload);
    }

    [Theory]
    [InlineData("00 5b 0000 00000000", ForwardError.TargetUnreachable, true)]
    [InlineData("00 5c 0000 00000000", ForwardError.Forbidden, false)]
    [InlineData("00 5d 0000 00000000", ForwardError.AuthenticationFailed, false)]
    [InlineData("00 00 0000 00000000", ForwardError.ProtocolError, false)]
    [InlineData("04 5a 0000 00000000", ForwardError.ProtocolError, false)] // version
    [InlineData("05", ForwardError.ProtocolError, false)]
    public async Task ConnectAsync_Refused_TellsWhyAndWhoIsToBlame(string answer, ForwardError error, bool isTargetFault)
    {
        ForwardException failure = await ScriptedPeer.FailureAsync(_socks4a, Target, ScriptedPeer.Hex(answer));

        Assert.Equal((error, isTargetFault, isTargetFault ? null : "hop1"), (failure.Error, failure.IsTargetFault, failure.Node));
        Assert.StartsWith("SOCKS4a proxy hop1, asked for example.com:20080, ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectAsync_EndOfStreamAnywhere_IsConnectionClosed()
    {
        for (int count = 0; count < 8; count++)
        {
            ForwardException failure = await ScriptedPeer.FailureAsync(_socks4a, Target, new byte[] { 0, 90, 0, 0, 0, 0, 0, 0 }[..count]);

            Assert.Equal(ForwardError.ConnectionClosed, failure.Error);
        }
    }

    [Fact]
    public void Constructor_UserIdThatCannotBeSent_Throws()
    {
        Assert.Throws<ArgumentException>(() => new Socks4Connector("hop1", null, new("a\0b", "")));
        Assert.Throws<ArgumentException>(() => new Socks4Connector("hop1", null, new(new string('ü', 128), "")));
    }

    private static Socks4Connector Socks4(params string[] addresses) =>
        new("hop1", (_, _) => new(Array.ConvertAll(addresses, IPAddress.Parse)));
}
