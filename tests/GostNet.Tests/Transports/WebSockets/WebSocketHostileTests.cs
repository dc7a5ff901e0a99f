using GostNet.Tests.Shared;
using GostNet.Transports.WebSockets;

namespace GostNet.Tests.Transports.WebSockets;

/// <summary>What GOST was probed with, and each row of "malformed or hostile peers".</summary>
public class WebSocketHostileTests
{
    private static readonly WebSocketSettings Client = new();

    public static TheoryData<string> BadProbes =>
    [
        "unmasked binary", "RSV1 without deflate", "opcode 3", "ping of 126 bytes", "close 1005", "continuation first", "length 2^64-1",
    ];

    [Theory]
    [MemberData(nameof(BadProbes))]
    public async Task Server_RecordedProbe_ClosesWith1002(string what)
    {
        await using WebSocketPeer peer = new();
        await peer.SendHexAsync(WebSocketVectors.Probe(what));
        await AssertFailedAsync(peer, WebSocketCloseCode.ProtocolError);
    }

    [Theory]
    [InlineData("a28000000000")] // RSV2
    [InlineData("928000000000")] // RSV3
    [InlineData("8b8000000000")] // opcode 11
    [InlineData("098000000000")] // a part of a ping
    [InlineData("08820000000003e8")]
    [InlineData("02810000000061828100000000")] // a message within a message
    [InlineData("02810000000061818100000000")]
    [InlineData("88810000000003")] // half a code
    [InlineData("88820000000003e7")] // 999
    [InlineData("8882000000000bb7")] // 2999
    [InlineData("888200000000ffff")]
    public async Task Server_FrameThatIsNone_ClosesWith1002(string hex)
    {
        await using WebSocketPeer peer = new();
        await peer.SendHexAsync(hex);
        if (hex.StartsWith("0281", StringComparison.Ordinal))
        {
            Assert.Equal("a"u8.ToArray(), await peer.Connection.ReadAsync(1).OrFail()); // what came before is handed on
        }

        await AssertFailedAsync(peer, WebSocketCloseCode.ProtocolError);
    }

    [Theory]
    [InlineData("8282000000006869")] // masked
    [InlineData("c2026869")]
    [InlineData("83026869")]
    public async Task Client_FrameThatIsNone_ClosesWith1002(string hex)
    {
        await using WebSocketPeer peer = new(Client);
        await peer.SendHexAsync(hex);
        await AssertFailedAsync(peer, WebSocketCloseCode.ProtocolError);
    }

    [Fact]
    public async Task Close_WithAReasonThatIsNoText_ClosesWith1007()
    {
        await using WebSocketPeer peer = new();
        await peer.SendAsync(WebSocketOpcode.Close, 3, 232, 0xFF);
        await AssertFailedAsync(peer, WebSocketCloseCode.InvalidData);
    }

    [Theory]
    [InlineData("text frame \"hi\"", "6869")]
    [InlineData("unsolicited empty pong, then binary \"ab\"", "6162")]
    [InlineData("empty binary, then \"zz\"", "7a7a")]
    [InlineData("first fragment only, never final", "616263")]
    public async Task Server_RecordedProbe_GivesItsData(string what, string data)
    {
        await using WebSocketPeer peer = new();
        await peer.SendHexAsync(WebSocketVectors.Probe(what));
        Assert.Equal(data, Convert.ToHexStringLower(await peer.Connection.ReadAsync(data.Length / 2).OrFail()));
        await peer.Far.CompleteWritesAsync();
        Assert.Empty(await peer.Connection.ReadToEndAsync().OrFail());
    }

    [Fact]
    public async Task Server_FragmentsWithAPingBetween_GivesBothTheirDue()
    {
        await using WebSocketPeer peer = new();
        await peer.SendHexAsync(WebSocketVectors.Probe("fragments a, ping q, b, c"));
        Assert.Equal("abc"u8.ToArray(), await peer.Connection.ReadAsync(3).OrFail());
        await peer.ExpectAsync(WebSocketOpcode.Pong, "q"u8.ToArray());
    }

    [Theory]
    [InlineData("close 1000", "03e8")]
    [InlineData("close without code", "")]
    public async Task Server_CloseOfAStranger_IsAnsweredAlikeOnce(string what, string payload)
    {
        await using WebSocketPeer peer = new();
        await peer.SendHexAsync(WebSocketVectors.Probe(what));
        await peer.SendHexAsync(WebSocketVectors.Probe(what));
        Assert.Empty(await peer.Connection.ReadToEndAsync().OrFail());
        await peer.ExpectAsync(WebSocketOpcode.Close, Convert.FromHexString(payload));
        await Assert.ThrowsAsync<IOException>(() => peer.Connection.Stream.WriteAsync(new byte[1]).OrFail());
        await peer.Connection.CompleteWritesAsync().OrFail();
        await peer.Connection.DisposeAsync().OrFail();
        Assert.Empty(await peer.Far.ReadToEndAsync().OrFail()); // no second Close
    }

    [Fact]
    public async Task Ping_IsAnsweredUpToALimit()
    {
        await using WebSocketPeer peer = new();
        Task<int> reading = peer.Connection.Stream.ReadAsync(new byte[1]).OrFail();
        for (int i = 0; i < 2 * WebSocketConnection.MaxPingsPerSecond; i++)
        {
            if (i == WebSocketConnection.MaxPingsPerSecond)
            {
                peer.Clock.Advance(TimeSpan.FromSeconds(1));
            }

            await peer.SendAsync(WebSocketOpcode.Ping, (byte)i);
            await peer.ExpectAsync(WebSocketOpcode.Pong, (byte)i);
        }

        await peer.SendAsync(WebSocketOpcode.Ping);
        Assert.Equal(ForwardError.ProtocolError, (await Assert.ThrowsAsync<ForwardException>(() => reading)).Error);
        await peer.ExpectCloseAsync(WebSocketCloseCode.PolicyViolation);
    }

    [Fact]
    public async Task Pings_OfAPeerThatDoesNotRead_HoldNothingUpAndKeepTheLastPong()
    {
        await using WebSocketPeer peer = new(bufferSize: 512);
        Task writing = peer.Connection.Stream.WriteAsync(new byte[2000]).AsTask();
        Task reading = Task.Run(async () => Assert.Equal([0x52], await peer.Connection.ReadAsync(1)));
        for (byte i = 0; i < 50; i++)
        {
            await peer.SendAsync(WebSocketOpcode.Ping, i);
        }

        await peer.SendAsync(WebSocketOpcode.Binary, 0x52);
        await reading.OrFail();
        Assert.False(writing.IsCompleted);
        await peer.ExpectAsync(WebSocketOpcode.Binary, new byte[2000]);
        await writing.OrFail();
        await peer.ExpectAsync(WebSocketOpcode.Pong, 49);
    }

    [Fact]
    public async Task Carrier_EndsBetweenFrames_IsTheEnd()
    {
        await using WebSocketPeer peer = new();
        await peer.SendAsync(WebSocketOpcode.Binary, 1, 2);
        await peer.Far.CompleteWritesAsync();
        Assert.Equal([1, 2], await peer.Connection.ReadToEndAsync().OrFail());
        await peer.Connection.Stream.WriteAsync(new byte[] { 3 }).OrFail(); // TCP has half-closes
        await peer.ExpectAsync(WebSocketOpcode.Binary, 3);
    }

    [Theory]
    [InlineData("82")]
    [InlineData("828200000000")]
    [InlineData("82820000000061")]
    [InlineData("898200000000")]
    public async Task Carrier_EndsWithinAFrame_Fails(string hex)
    {
        await using WebSocketPeer peer = new();
        await peer.SendHexAsync(hex);
        await peer.Far.CompleteWritesAsync();
        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => peer.Connection.ReadToEndAsync().OrFail());
        Assert.Equal(ForwardError.ConnectionClosed, failure.Error);
    }

    private static async Task AssertFailedAsync(WebSocketPeer peer, int code)
    {
        for (int i = 0; i < 2; i++)
        {
            ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => peer.Connection.ReadAsync(1).OrFail());
            Assert.Equal(ForwardError.ProtocolError, failure.Error);
        }

        await peer.ExpectCloseAsync(code);
        await Assert.ThrowsAsync<IOException>(() => peer.Connection.Stream.WriteAsync(new byte[1]).OrFail());
        await peer.Connection.DisposeAsync().OrFail();
        Assert.Empty(await peer.Far.ReadToEndAsync().OrFail());
    }
}
