using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Transports.Http2;

namespace GostNet.Tests.Transports.Http2;

/// <summary>A session whose peer is the test, frame by frame.</summary>
internal sealed class Http2Peer : IAsyncDisposable
{
    private readonly HpackDecoder _decoder = new();

    private Http2Peer(Http2Profile profile, int bufferSize)
    {
        (Carrier, Far) = InMemoryConnection.CreatePair(bufferSize: bufferSize);
        Session = Http2Session.Start(Carrier, profile, Clock);
    }

    public static byte[] Connect { get; } = Head(new(":method", "CONNECT"), new(":authority", "node.test:443"));

    public static byte[] Ok { get; } = Head(new HeaderField(":status", "200"));

    public ManualTimeProvider Clock { get; } = new();

    /// <summary>The connection that the session owns.</summary>
    public InMemoryConnection Carrier { get; }

    /// <summary>The peer's end of it.</summary>
    public InMemoryConnection Far { get; }

    public Http2Session Session { get; }

    /// <summary>A client, past the exchange of settings unless that is for the test to do.</summary>
    public static async Task<Http2Peer> ClientAsync(
        bool isGreeted = true, Http2Profile? profile = null, byte[]? settings = null, int bufferSize = 1024 * 1024)
    {
        Http2Peer peer = new(profile ?? Http2Profile.OfClient(Http2Pair.Connect), bufferSize);
        Assert.Equal(Http2Codec.Preface.ToArray(), await peer.Far.ReadAsync(Http2Codec.Preface.Length).OrFail());
        await peer.GreetAsync(isGreeted, settings);
        return peer;
    }

    /// <summary>A server, past the exchange of settings unless that is for the test to do.</summary>
    public static async Task<Http2Peer> ServerAsync(
        bool isGreeted = true, Http2Profile? profile = null, byte[]? settings = null, int bufferSize = 1024 * 1024)
    {
        Http2Peer peer = new(profile ?? Http2Profile.OfServer(acceptsTunnels: true), bufferSize);
        await peer.GreetAsync(isGreeted, settings);
        return peer;
    }

    public static byte[] Head(params HeaderField[] fields)
    {
        byte[] block = new byte[HpackEncoder.MaxLength(fields)];
        return block[..HpackEncoder.Write(block, fields)];
    }

    public static byte[] Frame(Http2FrameType type, Http2FrameFlags flags, uint streamId, params byte[] payload)
    {
        byte[] frame = new byte[Http2Codec.HeaderLength + payload.Length];
        Http2Codec.WriteHeader(frame, new(payload.Length, type, flags, streamId));
        payload.CopyTo(frame, Http2Codec.HeaderLength);
        return frame;
    }

    public static byte[] Word(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    public static byte[] Setting(Http2SettingId id, uint value) => [0, (byte)id, .. Word(value)];

    public Task SendAsync(byte[] bytes) => Far.Stream.WriteAsync(bytes).OrFail();

    public Task SendAsync(Http2FrameType type, Http2FrameFlags flags, uint streamId, params byte[] payload) =>
        SendAsync(Frame(type, flags, streamId, payload));

    public Task SendDataAsync(uint streamId, byte[] data, bool isEnd = false) =>
        SendAsync(Http2FrameType.Data, isEnd ? Http2FrameFlags.EndStream : Http2FrameFlags.None, streamId, data);

    public Task SendResetAsync(uint streamId, Http2ErrorCode code) =>
        SendAsync(Http2FrameType.ResetStream, Http2FrameFlags.None, streamId, Word((uint)code));

    public Task SendWindowAsync(uint streamId, uint increment) =>
        SendAsync(Http2FrameType.WindowUpdate, Http2FrameFlags.None, streamId, Word(increment));

    public Task SendHeadersAsync(uint streamId, byte[] block, Http2FrameFlags flags = Http2FrameFlags.EndHeaders) =>
        SendAsync(Http2FrameType.Headers, flags, streamId, block);

    /// <summary>Reads the next frame that the session has sent.</summary>
    public async Task<(Http2FrameHeader Header, byte[] Payload)> ReceiveAsync()
    {
        byte[] bytes = await Far.ReadAsync(Http2Codec.HeaderLength).OrFail();
        Assert.True(Http2Codec.TryReadHeader(bytes, out Http2FrameHeader header));
        Assert.Null(Http2Codec.FindFault(header, Http2Codec.MaxMaxFrameSize, out _));
        return (header, await Far.ReadAsync(header.Length).OrFail());
    }

    public async Task ExpectAsync(Http2FrameType type, Http2FrameFlags flags, uint streamId, params byte[] payload)
    {
        (Http2FrameHeader header, byte[] received) = await ReceiveAsync();
        Assert.Equal(
            (type, flags, streamId, Convert.ToHexString(payload)),
            (header.Type, header.Flags, header.StreamId, Convert.ToHexString(received)));
    }

    public Task ExpectResetAsync(uint streamId, Http2ErrorCode code) =>
        ExpectAsync(Http2FrameType.ResetStream, Http2FrameFlags.None, streamId, Word((uint)code));

    /// <summary>Reads a head that the session has sent.</summary>
    public async Task<List<HeaderField>> ExpectHeadAsync(uint streamId, Http2FrameFlags flags = Http2FrameFlags.EndHeaders)
    {
        (Http2FrameHeader header, byte[] block) = await ReceiveAsync();
        Assert.Equal((Http2FrameType.Headers, flags, streamId), (header.Type, header.Flags, header.StreamId));
        List<HeaderField> fields = [];
        Assert.Equal(HpackResult.Done, _decoder.Decode(block, Http2Profile.MaxHeaderListSize, fields));
        return fields;
    }

    /// <summary>Reads up to GOAWAY, waits for the session's end, and gives the code.</summary>
    public async Task<Http2ErrorCode> GoAwayAsync()
    {
        while (true)
        {
            (Http2FrameHeader header, byte[] payload) = await ReceiveAsync();
            if (header.Type == Http2FrameType.GoAway)
            {
                await Far.DisposeAsync();
                await Session.Completion.OrFail();
                Assert.True(Carrier.IsDisposed);
                return Http2Codec.ReadGoAway(payload).Code;
            }
        }
    }

    /// <summary>Opens a stream of the session's, with the answer 200.</summary>
    public async Task<IConnection> OpenAsync(uint streamId = 1)
    {
        Task<IConnection> opening = Session.OpenAsync().AsTask();
        await ExpectHeadAsync(streamId);
        await SendHeadersAsync(streamId, Ok);
        return await opening.OrFail();
    }

    /// <summary>Opens a stream of the peer's.</summary>
    public async Task<IConnection> AcceptAsync(uint streamId = 1)
    {
        await SendHeadersAsync(streamId, Connect);
        IConnection stream = Assert.IsType<Http2Connection>(await Session.AcceptAsync().OrFail());
        Assert.Equal([new(":status", "200")], await ExpectHeadAsync(streamId));
        return stream;
    }

    /// <summary>Shows that a server has taken everything sent so far and lives on: a stream that comes after it works.</summary>
    public async Task AssertAliveAsync(uint freeStreamId)
    {
        IConnection stream = await AcceptAsync(freeStreamId);
        await SendDataAsync(freeStreamId, [0x5a]);
        Assert.Equal([0x5a], await stream.ReadAsync(1).OrFail());
    }

    public async ValueTask DisposeAsync()
    {
        Session.Abort();
        await Session.DisposeAsync();
        await Far.DisposeAsync();
    }

    private async Task GreetAsync(bool isGreeted, byte[]? settings)
    {
        (Http2FrameHeader header, _) = await ReceiveAsync();
        Assert.Equal(Http2FrameType.Settings, header.Type);
        await ExpectAsync(
            Http2FrameType.WindowUpdate, Http2FrameFlags.None, 0, Word(Http2Profile.SessionWindow - Http2Codec.DefaultWindow));
        if (isGreeted)
        {
            await SendAsync(Http2FrameType.Settings, Http2FrameFlags.None, 0, settings ?? []);
            await SendAsync(Http2FrameType.Settings, Http2Codec.Ack, 0);
            await ExpectAsync(Http2FrameType.Settings, Http2Codec.Ack, 0);
        }
    }
}
