using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Transports.WebSockets;

namespace GostNet.Tests.Transports.WebSockets;

/// <summary>The far end of one WebSocket, played by the test frame by frame.</summary>
internal sealed class WebSocketPeer : IAsyncDisposable
{
    private const uint Mask = 0x04030201;

    private readonly WebSocketSettings _settings;

    public WebSocketPeer(WebSocketSettings? settings = null, int bufferSize = 64 * 1024, byte[]? arrived = null)
    {
        _settings = settings ?? new() { IsServer = true };
        (Carrier, Far) = InMemoryConnection.CreatePair(bufferSize: bufferSize);
        Connection = new(Carrier, _settings, arrived ?? [], Clock);
    }

    public ManualTimeProvider Clock { get; } = new();

    /// <summary>The connection that is tested.</summary>
    public WebSocketConnection Connection { get; }

    /// <summary>What lies below it.</summary>
    public InMemoryConnection Carrier { get; }

    /// <summary>The other end of that.</summary>
    public InMemoryConnection Far { get; }

    /// <summary>A frame as the peer sends it.</summary>
    public byte[] Frame(WebSocketOpcode opcode, byte[] payload, bool isFinal = true, byte reserved = 0)
    {
        byte[] frame = new byte[payload.Length + WebSocketCodec.MaxHeaderLength];
        WebSocketHeader header = new(opcode, 0, _settings.IsServer ? Mask : null, isFinal, reserved);
        return frame[..WebSocketCodec.WriteFrame(frame, header, payload)];
    }

    public Task SendAsync(WebSocketOpcode opcode, params byte[] payload) => SendAsync(Frame(opcode, payload));

    public Task SendAsync(byte[] bytes) => Far.Stream.WriteAsync(bytes).OrFail();

    public Task SendHexAsync(string hex) => SendAsync(Convert.FromHexString(hex));

    /// <summary>The next frame that the connection sends.</summary>
    public async Task<(WebSocketHeader Header, byte[] Payload)> ReceiveAsync()
    {
        byte[] bytes = new byte[WebSocketCodec.MaxHeaderLength];
        int count = 0;
        WebSocketHeader header;
        while (!WebSocketCodec.TryReadHeader(bytes.AsSpan(0, count), out header, out int needed))
        {
            await Far.Stream.ReadExactlyAsync(bytes.AsMemory(count, needed - count)).OrFail();
            count = needed;
        }

        byte[] payload = new byte[header.Length];
        await Far.Stream.ReadExactlyAsync(payload).OrFail();
        WebSocketMask.Apply(payload, payload, header.Mask ?? 0, 0);
        Assert.Equal(!_settings.IsServer, header.Mask.HasValue);
        return (header, payload);
    }

    public async Task ExpectAsync(WebSocketOpcode opcode, params byte[] payload)
    {
        (WebSocketHeader header, byte[] received) = await ReceiveAsync();
        Assert.Equal((opcode, true, (byte)0), (header.Opcode, header.IsFinal, header.Reserved));
        Assert.Equal(payload, received);
    }

    public Task ExpectCloseAsync(int code) => ExpectAsync(WebSocketOpcode.Close, (byte)(code >> 8), (byte)code);

    /// <summary>Sends a Close.</summary>
    public Task CloseAsync(int code) => SendAsync(WebSocketOpcode.Close, (byte)(code >> 8), (byte)code);

    /// <summary>Sees that the connection has nothing to send but what comes now.</summary>
    public async Task AssertQuietAsync()
    {
        await SendAsync(WebSocketOpcode.Ping, 0x51);
        await SendAsync(WebSocketOpcode.Binary, 0x52);
        Assert.Equal([0x52], await Connection.ReadAsync(1).OrFail());
        await ExpectAsync(WebSocketOpcode.Pong, 0x51);
    }

    public async ValueTask DisposeAsync()
    {
        await Far.DisposeAsync();
        await Connection.DisposeAsync();
    }
}
