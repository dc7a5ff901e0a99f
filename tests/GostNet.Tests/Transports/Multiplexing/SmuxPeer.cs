using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Transports.Multiplexing;

namespace GostNet.Tests.Transports.Multiplexing;

/// <summary>A session whose peer is the test, frame by frame.</summary>
internal sealed class SmuxPeer : IAsyncDisposable
{
    private readonly byte _version;

    /// <param name="role">The session's role. A client opens 3, 5 …, and this peer 2, 4 ….</param>
    /// <param name="options">The session's settings.</param>
    /// <param name="bufferSize">How much the connection holds, each way.</param>
    public SmuxPeer(SmuxRole role = SmuxRole.Client, SmuxOptions? options = null, int bufferSize = 1024 * 1024)
    {
        (Carrier, Far) = InMemoryConnection.CreatePair(bufferSize: bufferSize);
        options ??= new();
        _version = (byte)options.Version;
        Session = SmuxSession.Start(Carrier, role, options, Clock);
    }

    public ManualTimeProvider Clock { get; } = new();

    /// <summary>The connection that the session owns.</summary>
    public InMemoryConnection Carrier { get; }

    /// <summary>The peer's end of it.</summary>
    public InMemoryConnection Far { get; }

    public SmuxSession Session { get; }

    public Task SendAsync(byte[] bytes) => Far.Stream.WriteAsync(bytes).OrFail();

    public Task SendAsync(string hex) => SendAsync(Convert.FromHexString(hex));

    public Task SendAsync(SmuxCommand command, uint streamId, params byte[] payload) =>
        SendAsync(Frame(_version, command, streamId, payload));

    public Task SendUpdateAsync(uint streamId, uint consumed, uint window)
    {
        byte[] frame = new byte[SmuxCodec.MaxControlLength];
        SmuxCodec.WriteUpdate(frame, _version, streamId, consumed, window);
        return SendAsync(frame);
    }

    /// <summary>Reads the next frame that the session has sent.</summary>
    public async Task<(SmuxCommand Command, uint StreamId, byte[] Payload)> ReceiveAsync()
    {
        byte[] bytes = await Far.ReadAsync(SmuxCodec.HeaderLength).OrFail();
        Assert.True(SmuxCodec.TryReadHeader(bytes, out SmuxHeader header));
        Assert.Null(SmuxCodec.FindFault(header, _version));
        return (header.Command, header.StreamId, await Far.ReadAsync(header.Length).OrFail());
    }

    public async Task ExpectAsync(SmuxCommand command, uint streamId, params byte[] payload)
    {
        (SmuxCommand Command, uint StreamId, byte[] Payload) frame = await ReceiveAsync();
        Assert.Equal((command, streamId, Convert.ToHexString(payload)), (frame.Command, frame.StreamId, Convert.ToHexString(frame.Payload)));
    }

    public async Task ExpectAsync(string hex) =>
        Assert.Equal(hex, Convert.ToHexStringLower(await Far.ReadAsync(hex.Length / 2).OrFail()));

    /// <summary>Opens a stream of the session's.</summary>
    public async Task<IConnection> OpenAsync()
    {
        IConnection stream = await Session.OpenStreamAsync().OrFail();
        (SmuxCommand command, _, _) = await ReceiveAsync();
        Assert.Equal(SmuxCommand.Syn, command);
        return stream;
    }

    /// <summary>Opens a stream of the peer's.</summary>
    public async Task<IConnection> AcceptAsync(uint streamId)
    {
        await SendAsync(SmuxCommand.Syn, streamId);
        return Assert.IsType<SmuxConnection>(await Session.AcceptStreamAsync().OrFail());
    }

    /// <summary>Shows that the session has taken everything sent so far and lives on: a stream that comes after it works.</summary>
    public async Task AssertAliveAsync(uint freeStreamId)
    {
        IConnection stream = await AcceptAsync(freeStreamId);
        await SendAsync(SmuxCommand.Push, freeStreamId, 0x5a);
        Assert.Equal([0x5a], await stream.ReadAsync(1).OrFail());
    }

    /// <summary>Waits for the session's end and gives the reason.</summary>
    public async Task<Exception?> EndAsync()
    {
        await Session.Completion.OrFail();
        Assert.True(Carrier.IsDisposed);
        return Session.Failure;
    }

    public async Task<ForwardException> FailureAsync(ForwardError error)
    {
        ForwardException failure = Assert.IsType<ForwardException>(await EndAsync());
        Assert.Equal(error, failure.Error);
        return failure;
    }

    public static byte[] Frame(byte version, SmuxCommand command, uint streamId, params byte[] payload)
    {
        byte[] frame = new byte[SmuxCodec.HeaderLength + payload.Length];
        SmuxCodec.WriteHeader(frame, new(version, command, (ushort)payload.Length, streamId));
        payload.CopyTo(frame, SmuxCodec.HeaderLength);
        return frame;
    }

    public async ValueTask DisposeAsync()
    {
        Session.Abort();
        await Session.DisposeAsync();
        await Far.DisposeAsync();
    }
}
