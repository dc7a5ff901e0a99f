using System.IO.Compression;
using GostNet.Tests.Shared;
using GostNet.Transports.WebSockets;

namespace GostNet.Tests.Transports.WebSockets;

public class WebSocketDeflateTests
{
    private static readonly WebSocketSettings Compressed = new() { IsServer = true, IsCompressed = true };

    [Fact]
    public async Task Write_DataThatGetsShorter_IsCompressedAndOtherIsNot()
    {
        await using WebSocketPeer peer = new(Compressed);
        await peer.Connection.Stream.WriteAsync(new byte[10_000]).OrFail();
        (WebSocketHeader header, byte[] payload) = await peer.ReceiveAsync();
        Assert.Equal(WebSocketHeader.Compressed, header.Reserved);
        Assert.InRange(payload.Length, 1, 100);
        Assert.NotEqual([0, 0, 0xFF, 0xFF], payload[^4..]);

        byte[] noise = new byte[1000];
        Random.Shared.NextBytes(noise);
        await peer.Connection.Stream.WriteAsync(noise).OrFail();
        await peer.ExpectAsync(WebSocketOpcode.Binary, noise);
    }

    [Fact]
    public async Task Read_CompressedAndPlainInTurn_GivesAll()
    {
        await using WebSocketPeer peer = new(Compressed);
        byte[] message = Deflate("compressed "u8.ToArray());
        await peer.SendAsync(peer.Frame(WebSocketOpcode.Binary, message, reserved: WebSocketHeader.Compressed));
        await peer.SendAsync(WebSocketOpcode.Binary, "plain "u8.ToArray());
        await peer.SendAsync(WebSocketOpcode.Binary);
        await peer.SendAsync(peer.Frame(WebSocketOpcode.Text, [], reserved: WebSocketHeader.Compressed)); // empty
        await peer.SendAsync(peer.Frame(WebSocketOpcode.Text, message[..3], isFinal: false, WebSocketHeader.Compressed));
        await peer.SendAsync(WebSocketOpcode.Ping, 1);
        await peer.SendAsync(WebSocketOpcode.Continuation, message[3..]);
        await peer.SendAsync(WebSocketOpcode.Text, "end"u8.ToArray());
        await peer.CloseAsync(WebSocketCloseCode.Normal);
        Assert.Equal("compressed plain compressed end"u8.ToArray(), await peer.Connection.ReadToEndAsync().OrFail());
        await peer.ExpectAsync(WebSocketOpcode.Pong, 1);
    }

    [Fact]
    public async Task Read_MessageWithALastBlockOfItsOwn_IsReadToItsEnd()
    {
        await using WebSocketPeer peer = new(Compressed);
        using MemoryStream whole = new();
        await using (DeflateStream deflate = new(whole, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write("whole"u8);
        }

        await peer.SendAsync(peer.Frame(WebSocketOpcode.Binary, [.. whole.ToArray(), 0], reserved: WebSocketHeader.Compressed));
        await peer.SendAsync(WebSocketOpcode.Binary, "next"u8.ToArray());
        Assert.Equal("wholenext"u8.ToArray(), await peer.Connection.ReadAsync(9).OrFail());
    }

    [Fact]
    public async Task Read_AMessageOfWhichLittleIsHere_GivesWhatItCan()
    {
        await using WebSocketPeer peer = new(Compressed);
        byte[] flushed = [.. Deflate("begun"u8.ToArray()), 0, 0, 0xFF, 0xFF];
        await peer.SendAsync(peer.Frame(WebSocketOpcode.Binary, flushed, isFinal: false, WebSocketHeader.Compressed));
        Assert.Equal("begun"u8.ToArray(), await peer.Connection.ReadAsync(5).OrFail());
    }

    [Fact]
    public async Task Read_OfAHugeMessage_TakesNoMoreThanThereIsRoomFor()
    {
        await using WebSocketPeer peer = new(Compressed);
        await peer.SendAsync(
            peer.Frame(WebSocketOpcode.Binary, Deflate(new byte[10_000_000]), reserved: WebSocketHeader.Compressed));
        long before = GC.GetTotalAllocatedBytes();
        Assert.Equal(100, await peer.Connection.Stream.ReadAsync(new byte[100]).OrFail());
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 5_000_000);
        Assert.Equal(new byte[9_999_900], await peer.Connection.ReadAsync(9_999_900).OrFail());
    }

    [Theory]
    [InlineData("ff")]
    [InlineData("07ffffff")]
    [InlineData("0005000000")]
    public async Task Read_WhatIsNotCompressed_ClosesWith1007(string hex)
    {
        await using WebSocketPeer peer = new(Compressed);
        await peer.SendAsync(peer.Frame(WebSocketOpcode.Binary, Convert.FromHexString(hex), reserved: WebSocketHeader.Compressed));
        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => peer.Connection.ReadToEndAsync().OrFail());
        Assert.Equal(ForwardError.ProtocolError, failure.Error);
        await peer.ExpectCloseAsync(WebSocketCloseCode.InvalidData);
        await Assert.ThrowsAsync<ForwardException>(() => peer.Connection.ReadAsync(1).OrFail());
    }

    [Theory]
    [InlineData(WebSocketOpcode.Continuation)]
    [InlineData(WebSocketOpcode.Ping)]
    public async Task Read_CompressionWhereItCannotBe_ClosesWith1002(object opcode)
    {
        await using WebSocketPeer peer = new(Compressed);
        await peer.SendAsync(peer.Frame(WebSocketOpcode.Binary, [0], isFinal: false));
        await peer.SendAsync(peer.Frame((WebSocketOpcode)opcode, [0], reserved: WebSocketHeader.Compressed));
        await Assert.ThrowsAsync<ForwardException>(() => peer.Connection.ReadToEndAsync().OrFail());
        await peer.ExpectCloseAsync(WebSocketCloseCode.ProtocolError);
    }

    private static byte[] Deflate(byte[] data)
    {
        using MemoryStream output = new();
        using DeflateStream deflate = new(output, CompressionLevel.Optimal, leaveOpen: true);
        deflate.Write(data);
        deflate.Flush();
        return output.ToArray()[..^4];
    }
}
