using GostNet.Tests.Shared;
using GostNet.Transports.Http2;

namespace GostNet.Tests.Transports.Http2;

/// <summary>Each row of "malformed or hostile peers" that is about HTTP/2, and what RFC 9113 calls an error.</summary>
public class Http2HostileTests
{
    // The code, and the frames of a client in hexadecimal.
    [Theory]
    [InlineData(1, "000000060000000001")] // PING of length 0, of a stream: FRAME_SIZE comes first below
    [InlineData(6, "000007060000000000" + "00000000000000")]
    [InlineData(1, "000008060000000001" + "0000000000000000")]
    [InlineData(6, "000005040000000000" + "0001000000")] // SETTINGS of 5 bytes
    [InlineData(6, "000006040100000000" + "000100000000")] // an answer with settings
    [InlineData(1, "000000040000000001")]
    [InlineData(6, "000003080000000000" + "000000")]
    [InlineData(1, "000004080000000000" + "00000000")] // widened by nothing
    [InlineData(3, "000004080000000000" + "7fffffff")] // widened too far
    [InlineData(1, "000004080000000005" + "00000001")] // a stream that is idle
    [InlineData(1, "000004030000000005" + "00000000")]
    [InlineData(1, "000001000000000005" + "00")]
    [InlineData(1, "000001000000000000" + "00")] // DATA of the session
    [InlineData(1, "000001000000000002" + "00")]
    [InlineData(6, "000003030000000001" + "000000")]
    [InlineData(6, "000004020000000001" + "00000000")]
    [InlineData(6, "000007070000000000" + "00000000000000")]
    [InlineData(6, "004001000000000001")] // 16385 bytes
    [InlineData(1, "000001050000000001" + "00")] // PUSH_PROMISE
    [InlineData(1, "000001090400000001" + "82")] // CONTINUATION of nothing
    [InlineData(1, "000001010000000001" + "82" + "000000040000000000")] // broken off
    [InlineData(1, "000001010000000001" + "82" + "000001090400000003" + "82")]
    [InlineData(1, "000001010000000001" + "82" + "000001010400000003" + "82")]
    [InlineData(1, "000001010400000002" + "82")] // a stream of the server's
    [InlineData(9, "000001010400000001" + "80")]
    [InlineData(1, "000002010c00000001" + "0982")] // padding longer than the frame
    [InlineData(6, "000000010c00000001")] // no room for the length of padding
    [InlineData(6, "000004012400000001" + "00000000")] // or for the priority
    [InlineData(1, "000006040000000000" + "000200000002")] // ENABLE_PUSH 2
    [InlineData(3, "000006040000000000" + "000480000000")]
    [InlineData(1, "000006040000000000" + "000500003fff")]
    [InlineData(1, "000006040000000000" + "000501000000")]
    public async Task Frames_ThatAreWrong_EndTheSession(int code, string hex)
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync();
        await peer.SendAsync(Convert.FromHexString(hex));
        Http2ErrorCode expected = hex.StartsWith("00000006", StringComparison.Ordinal) ? Http2ErrorCode.FrameSizeError : (Http2ErrorCode)code;
        Assert.Equal(expected, await peer.GoAwayAsync());
        Assert.Equal(ForwardError.ProtocolError, Assert.IsType<ForwardException>(peer.Session.Failure).Error);
        Assert.Null(await peer.Session.AcceptAsync().OrFail());
    }

    [Theory]
    [InlineData("000001010400000001" + "88")] // a response to nothing
    [InlineData("000001010400000002" + "88")] // pushed
    [InlineData("000006040000000000" + "000200000001")]
    public async Task Frames_OfAWrongServer_EndTheSession(string hex)
    {
        await using Http2Peer peer = await Http2Peer.ClientAsync();
        await peer.SendAsync(Convert.FromHexString(hex));
        Assert.Equal(Http2ErrorCode.ProtocolError, await peer.GoAwayAsync());
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", "speaks HTTP/1")]
    [InlineData("\0\0\0\u0006\0\0\0\0\0", "begun with something other")]
    [InlineData("\0\0\0\u0004\u0001\0\0\0\0", "begun with something other")]
    public async Task FirstFrame_ThatIsNotSettings_EndsTheSession(string first, string expected)
    {
        await using Http2Peer peer = await Http2Peer.ClientAsync(isGreeted: false);
        await peer.SendAsync(System.Text.Encoding.Latin1.GetBytes(first));
        Assert.Equal(Http2ErrorCode.ProtocolError, await peer.GoAwayAsync());
        Assert.Contains(expected, peer.Session.Failure!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(":method=CONNECT", ":authority=a:1", ":path=/")]
    [InlineData(":method=CONNECT", ":authority=a:1", ":scheme=http")]
    [InlineData(":method=CONNECT")]
    [InlineData(":method=GET", ":scheme=http")]
    [InlineData(":method=GET", ":path=/")]
    [InlineData(":method=CONNECT", ":authority=a:1", ":authority=b:1")]
    [InlineData(":method=CONNECT", ":authority=a:1", "x=y", ":path=/")]
    [InlineData(":method=CONNECT", ":authority=a:1", ":protocol=websocket")]
    [InlineData(":method=CONNECT", ":authority=a:1", ":status=200")]
    [InlineData(":method=CONNECT", ":authority=a:1", "X=y")]
    [InlineData(":method=CONNECT", ":authority=a:1", "x y=z")]
    [InlineData(":method=CONNECT", ":authority=a:1", "x=a\r\nb: c")]
    [InlineData(":method=CONNECT", ":authority=a:1", "connection=close")]
    [InlineData(":method=CONNECT", ":authority=a:1", "te=gzip")]
    [InlineData(":method=CON NECT", ":authority=a:1")]
    public async Task Request_Malformed_IsReset(params string[] fields)
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync();
        await peer.SendHeadersAsync(1, Http2Peer.Head([.. fields.Select(field => new HeaderField(field.Split('=', 2)[0], field.Split('=', 2)[1]))]));
        await peer.ExpectResetAsync(1, Http2ErrorCode.ProtocolError);
        await peer.AssertAliveAsync(3);
    }

    [Theory]
    [InlineData("x=y")]
    [InlineData(":status=2000")]
    [InlineData(":status=abc")]
    [InlineData(":status=101")]
    [InlineData(":status=200", ":status=200")]
    public async Task Response_Malformed_FailsTheStream(params string[] fields)
    {
        await using Http2Peer peer = await Http2Peer.ClientAsync();
        Task<IConnection> opening = peer.Session.OpenAsync().AsTask();
        await peer.ExpectHeadAsync(1);
        await peer.SendHeadersAsync(1, Http2Peer.Head([.. fields.Select(field => new HeaderField(field.Split('=')[0], field.Split('=')[1]))]));
        Assert.Equal(ForwardError.ProtocolError, (await Assert.ThrowsAsync<ForwardException>(() => opening.OrFail())).Error);
        await peer.ExpectResetAsync(1, Http2ErrorCode.ProtocolError);
        await peer.OpenAsync(3);
    }

    [Fact]
    public async Task Head_ThatIsTooLarge_IsRefused()
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync();
        byte[] head = Http2Peer.Head(new(":method", "CONNECT"), new(":authority", "a:1"), new("x", new string('~', 16_400)));
        await peer.SendHeadersAsync(1, head[..16_000], Http2FrameFlags.None);
        await peer.SendAsync(Http2FrameType.Continuation, Http2FrameFlags.EndHeaders, 1, head[16_000..]);
        Assert.Equal([new(":status", "431")], await peer.ExpectHeadAsync(1, Http2FrameFlags.EndHeaders | Http2FrameFlags.EndStream));
        await peer.ExpectResetAsync(1, Http2ErrorCode.NoError);
        await peer.AssertAliveAsync(3);
    }

    [Fact]
    public async Task Head_InTooManyPieces_EndsTheSession()
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync();
        await peer.SendHeadersAsync(1, [], Http2FrameFlags.None);
        for (int i = 0; i < 5; i++)
        {
            await peer.SendAsync(Http2FrameType.Continuation, Http2FrameFlags.None, 1);
        }

        Assert.Equal(Http2ErrorCode.EnhanceYourCalm, await peer.GoAwayAsync());
    }

    [Fact]
    public async Task Head_ASecondOne_ResetsTheStream()
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync();
        IConnection stream = await peer.AcceptAsync();
        await peer.SendHeadersAsync(1, Http2Peer.Connect);
        await peer.ExpectResetAsync(1, Http2ErrorCode.ProtocolError);
        await Assert.ThrowsAsync<IOException>(() => stream.ReadAsync(1).OrFail());
        await peer.AssertAliveAsync(3);
    }

    [Fact]
    public async Task Trailers_EndTheStream()
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync();
        IConnection stream = await peer.AcceptAsync();
        await peer.SendHeadersAsync(1, Http2Peer.Head(new HeaderField("a", "b")), Http2FrameFlags.EndHeaders | Http2FrameFlags.EndStream);
        Assert.Empty(await stream.ReadToEndAsync().OrFail());
    }

    [Theory]
    [InlineData(0u, Http2ErrorCode.ProtocolError)]
    [InlineData(0x7FFF_FFFFu, Http2ErrorCode.FlowControlError)]
    internal async Task Window_OfAStreamWidenedByNothingOrTooFar_ResetsIt(uint increment, Http2ErrorCode code)
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync();
        await peer.AcceptAsync();
        await peer.SendWindowAsync(1, increment);
        await peer.ExpectResetAsync(1, code);
        await peer.AssertAliveAsync(3);
    }

    [Fact]
    public async Task Window_MadeTooLargeBySettings_EndsTheSession()
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync();
        await peer.AcceptAsync();
        await peer.SendWindowAsync(1, 0x7FFF_FFFF - Http2Codec.DefaultWindow);
        await peer.SendAsync(
            Http2FrameType.Settings, Http2FrameFlags.None, 0, Http2Peer.Setting(Http2SettingId.InitialWindowSize, Http2Codec.DefaultWindow + 1));
        Assert.Equal(Http2ErrorCode.FlowControlError, await peer.GoAwayAsync());
    }

    [Theory]
    [InlineData(false)] // more than a stream may
    [InlineData(true)] // more than all may
    public async Task Data_BeyondTheWindow_EndsTheSession(bool isOfTheSession)
    {
        Http2Profile profile = Http2Profile.OfServer(acceptsTunnels: true) with
        {
            StreamWindow = isOfTheSession ? 2 * Http2Profile.SessionWindow : 1024 * 1024,
            ReceiveBudget = 0,
        };
        await using Http2Peer peer = await Http2Peer.ServerAsync(profile: profile);
        await peer.AcceptAsync();
        byte[] frame = Http2Peer.Frame(Http2FrameType.Data, Http2FrameFlags.None, 1, new byte[16 * 1024]);
        int allowed = (isOfTheSession ? Http2Profile.SessionWindow : 1024 * 1024) / (16 * 1024);
        for (int i = 0; i < allowed; i++)
        {
            await peer.SendAsync(frame);
        }

        while (peer.Session.Held < allowed * 16L * 1024)
        {
            await Task.Yield();
        }

        Assert.False(peer.Session.Completion.IsCompleted);
        await peer.SendDataAsync(1, [1]);
        Assert.Equal(Http2ErrorCode.FlowControlError, await peer.GoAwayAsync());
    }

    [Fact]
    public async Task Streams_AboveTheLimit_AreRefused()
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync();
        uint id = 1;
        for (; id < 2 * Http2Profile.MaxStreams; id += 2)
        {
            await peer.AcceptAsync(id);
        }

        await peer.SendHeadersAsync(id, Http2Peer.Connect);
        await peer.ExpectResetAsync(id, Http2ErrorCode.RefusedStream);
        await peer.SendResetAsync(1, Http2ErrorCode.Cancel);
        await peer.AssertAliveAsync(id + 2);
    }

    [Fact]
    public async Task Resets_TooMany_EndTheSession()
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync();
        for (uint id = 1; id < 203; id += 2)
        {
            await peer.SendHeadersAsync(id, Http2Peer.Connect);
            await peer.SendResetAsync(id, Http2ErrorCode.Cancel);
        }

        Assert.Equal(Http2ErrorCode.EnhanceYourCalm, await peer.GoAwayAsync());
    }

    [Fact]
    public async Task Resets_ThatThePeerMakesUsSend_EndTheSession()
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync();
        for (uint id = 1; id < 203; id += 2)
        {
            await peer.SendHeadersAsync(id, Http2Peer.Connect);
            await peer.SendWindowAsync(id, 0);
        }

        Assert.Equal(Http2ErrorCode.EnhanceYourCalm, await peer.GoAwayAsync());
    }

    [Fact]
    public async Task Resets_OfStreamsThatWereUsed_AreGostsWayToClose()
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync();
        uint id = 1;
        for (; id < 603; id += 2)
        {
            IConnection stream = await peer.AcceptAsync(id);
            await stream.Stream.WriteAsync(new byte[] { 1 }).OrFail();
            await peer.ExpectAsync(Http2FrameType.Data, Http2FrameFlags.None, id, 1);
            await peer.SendResetAsync(id, Http2ErrorCode.Cancel);
            await peer.SendDataAsync(id, [], isEnd: true);
            Assert.Empty(await stream.ReadToEndAsync().OrFail());
            await stream.DisposeAsync();
        }

        await peer.AssertAliveAsync(id);
    }

    [Fact]
    public async Task Resets_SpreadOverTime_AreFine()
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync();
        uint id = 1;
        for (; id < 403; id += 2)
        {
            await peer.AcceptAsync(id);
            await peer.SendResetAsync(id, Http2ErrorCode.Cancel);
            peer.Clock.Advance(TimeSpan.FromMilliseconds(20));
        }

        await peer.AssertAliveAsync(id);
    }

    [Theory]
    [InlineData("000008060000000000" + "0000000000000000", 10)]
    [InlineData("000008060100000000" + "0000000000000000", 10)] // answers to nothing
    [InlineData("000000040000000000", 10)]
    [InlineData("000000000000000001", 100)]
    [InlineData("000005020000000003" + "0000000000", 10_000)]
    public async Task Flood_OfAnyFrame_EndsTheSession(string hex, int allowed)
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync(isGreeted: false);
        await peer.SendAsync(Convert.FromHexString("000000040000000000"));
        await peer.ExpectAsync(Http2FrameType.Settings, Http2Codec.Ack, 0);
        IConnection stream = await peer.AcceptAsync();
        for (int i = 0; i < allowed; i++)
        {
            await peer.SendAsync(Convert.FromHexString(hex));
        }

        await peer.SendDataAsync(1, [7]);
        Assert.Equal([7], await stream.ReadAsync(1).OrFail());
        for (int i = 0; i <= allowed; i++)
        {
            await peer.SendAsync(Convert.FromHexString(hex));
        }

        Assert.Equal(Http2ErrorCode.EnhanceYourCalm, await peer.GoAwayAsync());
        await Assert.ThrowsAsync<IOException>(() => stream.ReadAsync(1).OrFail());
    }

    [Fact]
    public async Task Flood_OfFramesForStreamsThatAreOver_EndsTheSession()
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync();
        (await peer.AcceptAsync()).Abort();
        await peer.ExpectResetAsync(1, Http2ErrorCode.ConnectError);
        byte[] frame = Http2Peer.Frame(Http2FrameType.WindowUpdate, Http2FrameFlags.None, 1, 0, 0, 0, 1);
        for (int i = 0; i <= 10_000; i++)
        {
            await peer.SendAsync(frame);
        }

        Assert.Equal(Http2ErrorCode.EnhanceYourCalm, await peer.GoAwayAsync());
        Assert.Equal(10_001, peer.Session.IgnoredFrames);
    }

    [Fact]
    public async Task Peer_ThatAsksAndDoesNotRead_IsLeft()
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync(bufferSize: 300);
        await peer.AcceptAsync(1); // or else the session is idle in the end
        Task asking = Task.Run(async () =>
        {
            byte[] refused = Http2Peer.Head(new(":method", "GET"), new(":scheme", "http"), new(":path", "/"));
            for (uint id = 3; ; id += 2)
            {
                await peer.Far.Stream.WriteAsync(Http2Peer.Frame(
                    Http2FrameType.Headers, Http2FrameFlags.EndHeaders, id, refused));
                if (id % 20 == 1)
                {
                    peer.Clock.Advance(TimeSpan.FromSeconds(1)); // so that it is not the number that is too high
                }
            }
        });
        await peer.Clock.WaitForTimersAsync(2).OrFail(); // it is being left
        peer.Clock.Advance(Http2Session.PeerCloseTimeout);
        await peer.Session.Completion.OrFail();
        Assert.Contains("does not read", peer.Session.Failure!.Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<IOException>(() => asking.OrFail());
    }

    [Fact]
    public async Task Reader_OfAStreamThatEndsBesideAFault_IsWoken()
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync();
        IConnection stream = await peer.AcceptAsync();
        Task<int> reading = stream.Stream.ReadAsync(new byte[1]).AsTask();
        await peer.SendAsync(
        [
            .. Http2Peer.Frame(Http2FrameType.ResetStream, Http2FrameFlags.None, 1, Http2Peer.Word((uint)Http2ErrorCode.InternalError)),
            .. Http2Peer.Frame(Http2FrameType.Data, Http2FrameFlags.None, 0),
        ]);
        await Assert.ThrowsAsync<IOException>(() => reading.OrFail());
        Assert.Equal(Http2ErrorCode.ProtocolError, await peer.GoAwayAsync());
    }

    [Theory]
    [InlineData("000005")]
    [InlineData("000005000000000001" + "0102")]
    [InlineData("00000201")]
    public async Task End_InsideAFrame_FailsStreams(string hex)
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync();
        IConnection stream = await peer.AcceptAsync();
        await peer.SendAsync(Convert.FromHexString(hex));
        await peer.Far.CompleteWritesAsync().OrFail();
        Assert.Equal(Http2ErrorCode.ProtocolError, await peer.GoAwayAsync());
        await Assert.ThrowsAsync<IOException>(() => stream.ReadToEndAsync().OrFail());
    }
}
