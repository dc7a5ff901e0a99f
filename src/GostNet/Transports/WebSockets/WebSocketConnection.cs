using System.Net;

namespace GostNet.Transports.WebSockets;

/// <summary>A WebSocket over another connection, once the handshake is done: a stream of bytes in binary messages.</summary>
/// <remarks>
/// <para>The end of the write direction is a Close frame. RFC 6455 has it end both directions; two ends of this library that know each
/// other (<see cref="WebSocketKinship"/>) take Close with code 1000 for the end of one. To others it is told when
/// <see cref="WebSocketSettings.HalfClose"/> says. The end of the connection below, between two frames, is an end of stream as well, for
/// GOST sends no Close. Neither direction of the connection below ends before this one is closed.</para>
/// <para>Pings are answered while somebody reads. What is sent besides data waits until a message is out, and never holds a read up.</para>
/// </remarks>
internal sealed partial class WebSocketConnection : IConnection
{
    /// <summary>How long closing waits until Close is on its way.</summary>
    public static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly IConnection _carrier;
    private readonly Stream _inner;
    private readonly WebSocketSettings _settings;
    private readonly TimeProvider _time;
    private readonly WebSocketStream _stream;

    // For what is due to be sent, for how the directions end, and for what broke.
    private readonly Lock _gate = new();
    private bool _isDisposed;
    private bool _isAborted;

    /// <summary>Takes a connection over after the handshake.</summary>
    /// <param name="carrier">The connection below, which this one owns.</param>
    /// <param name="settings">What was agreed on.</param>
    /// <param name="arrived">What came behind the peer's head. It is copied.</param>
    /// <param name="time">The clock.</param>
    public WebSocketConnection(IConnection carrier, WebSocketSettings settings, ReadOnlySpan<byte> arrived, TimeProvider time)
    {
        _carrier = carrier;
        _inner = carrier.Stream;
        _settings = settings;
        _time = time;
        _stream = new(this);
        _frames = new(settings.IsServer, settings.IsCompressed);
        _inflater = settings.IsCompressed ? new(this) : null;
        _deflater = settings.IsCompressed ? new() : null;
        _peerHalfCloses = settings.PeerHalfCloses;
        Prepend(arrived);
    }

    public Stream Stream => _stream;

    public EndPoint? LocalEndPoint => _carrier.LocalEndPoint;

    public EndPoint? RemoteEndPoint => _carrier.RemoteEndPoint;

    public void Abort()
    {
        lock (_gate)
        {
            _isAborted = true;
            StopDraining();
        }

        _carrier.Abort();
    }

    public async ValueTask DisposeAsync()
    {
        Task closing = Task.CompletedTask;
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            StopDraining();

            // Behind a write that does not move it would not get there.
            if (!_isAborted && !_isWriting)
            {
                closing = QueueClose(_hasPeerEnded ? WebSocketCloseCode.Normal : WebSocketCloseCode.GoingAway);
            }
        }

        SendDue();
        await closing.WaitAsync(CloseTimeout, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _carrier.DisposeAsync().ConfigureAwait(false);
        await Volatile.Read(ref _sendingDue).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stream.DisposeAsync().ConfigureAwait(false);
        _deflater?.Dispose();
        if (TryCloseReading())
        {
            ReleaseReading();
        }
    }
}
