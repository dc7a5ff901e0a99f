using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace GostNet.Relaying;

/// <summary>The datagrams between one client and the target that was chosen for it.</summary>
[SuppressMessage("Design", "CA1001", Justification = "RunAsync disposes of everything when the flow ends")]
internal sealed class DatagramFlow : IRelayed
{
    private readonly DatagramRelay _relay;
    private readonly SocketAddress _client;
    private readonly Lock _gate = new();
    private readonly Queue<(byte[] Buffer, int Size)> _waiting = new();
    private readonly CancellationTokenSource _closing = new();
    private IDatagramUpstream? _upstream;
    private bool _sending = true; // until the target is open, datagrams wait as behind a slow send
    private bool _closed;
    private Ending? _ending;
    private long _lastActivity;
    private long _bytesFromClient;
    private long _bytesFromTarget;

    public DatagramFlow(DatagramRelay relay, SocketAddress client, EndPoint clientEndPoint)
    {
        _relay = relay;
        _client = client;
        ClientEndPoint = clientEndPoint;
        Touch();
    }

    public EndPoint ClientEndPoint { get; }

    public SocketAddress Client => _client;

    public long BytesFromClient => Volatile.Read(ref _bytesFromClient);

    public long BytesFromTarget => Volatile.Read(ref _bytesFromTarget);

    public long LastActivity => Volatile.Read(ref _lastActivity);

    public bool IsClosed => Volatile.Read(ref _closed);

    /// <summary>For the owner's own use.</summary>
    public object? Tag { get; set; }

    public void Abort(ConnectionEnd reason) => Abort(reason, null);

    /// <summary>Sends a datagram of the client's to the target, or lets it wait behind others.</summary>
    /// <param name="buffer">Holds the datagram. If the send is still under way on return, it holds another buffer to go on with.</param>
    /// <param name="size">The datagram's size.</param>
    public void Forward(ref byte[] buffer, int size)
    {
        Touch();
        ValueTask sending;
        lock (_gate)
        {
            if (_closed)
            {
                _relay.Drop(size, "its flow has just ended");
                return;
            }

            if (_sending)
            {
                if (_waiting.Count >= _relay.Options.QueueLength)
                {
                    _relay.Drop(size, "too many wait for the target");
                    return;
                }

                byte[] copy = ArrayPool<byte>.Shared.Rent(Math.Max(size, 1));
                buffer.AsSpan(0, size).CopyTo(copy);
                _waiting.Enqueue((copy, size));
                return;
            }

            sending = _upstream!.Socket.SendAsync(buffer.AsMemory(0, size), CancellationToken.None);
            if (sending.IsCompletedSuccessfully)
            {
                sending.GetAwaiter().GetResult();
                Volatile.Write(ref _bytesFromClient, _bytesFromClient + size);
                return;
            }

            _sending = true;
        }

        byte[] inUse = buffer;
        buffer = ArrayPool<byte>.Shared.Rent(DatagramRelay.BufferSize);
        _relay.Track(SendRestAsync(sending, inUse, size));
    }

    /// <summary>The flow's life, from the choice of its target to its end.</summary>
    public async Task RunAsync()
    {
        try
        {
            _upstream = await _relay.Owner.OpenAsync(this, _closing.Token).ConfigureAwait(false);
            _relay.Opened();

            // Closing the socket ends its receives and sends; a token with each of them would cost more than the call itself.
            IDatagramSocket socket = _upstream.Socket;
            using CancellationTokenRegistration closing = _closing.Token.UnsafeRegister(
                static s => _ = ((IDatagramSocket)s!).DisposeAsync().AsTask(), socket);
            _relay.Track(SendRestAsync(ValueTask.CompletedTask, null, 0));
            await ReceiveAsync(_upstream).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // Abort has left the reason.
        }
        catch (Exception e)
        {
            TryEnd(_upstream is null && e is ForwardException ? ConnectionEnd.DialFailed : ReasonOf(e), e);
        }
        finally
        {
            await CloseAsync().ConfigureAwait(false);
        }
    }

    private static ConnectionEnd ReasonOf(Exception e) =>
        e is ForwardException { Error: ForwardError.ConnectionRefused } ? ConnectionEnd.TargetRefused : ConnectionEnd.Failed;

    private void Abort(ConnectionEnd reason, Exception? error)
    {
        if (TryEnd(reason, error))
        {
            lock (_gate)
            {
                if (!_closed)
                {
                    // On another thread: what it sets off takes locks that our caller may hold.
                    _ = _closing.CancelAsync();
                }
            }
        }
    }

    /// <summary>Notes why the flow ends. The first reason given stays.</summary>
    private bool TryEnd(ConnectionEnd reason, Exception? error) =>
        Interlocked.CompareExchange(ref _ending, new Ending(reason, error), null) is null;

    private async Task ReceiveAsync(IDatagramUpstream upstream)
    {
        bool answered = false;
        while (true)
        {
            await upstream.Socket.WaitToReceiveAsync(CancellationToken.None).ConfigureAwait(false);
            byte[] buffer = ArrayPool<byte>.Shared.Rent(DatagramRelay.BufferSize);
            try
            {
                int size = await upstream.Socket.ReceiveAsync(buffer, CancellationToken.None).ConfigureAwait(false);
                if (size < 0)
                {
                    return;
                }

                if (!answered)
                {
                    answered = true;
                    upstream.Succeed();
                }

                Touch();
                try
                {
                    await _relay.Listener.SendToAsync(buffer.AsMemory(0, size), _client, CancellationToken.None).ConfigureAwait(false);
                    Volatile.Write(ref _bytesFromTarget, _bytesFromTarget + size);
                }
                catch (IOException e)
                {
                    _relay.Drop(size, e.Message);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    /// <summary>Waits for a send that did not end at once, then sends what has come to wait behind it.</summary>
    private async Task SendRestAsync(ValueTask sending, byte[]? buffer, int size)
    {
        while (true)
        {
            try
            {
                await sending.ConfigureAwait(false);
                Volatile.Write(ref _bytesFromClient, _bytesFromClient + size);
            }
            catch (ForwardException e) when (e.IsTargetFault)
            {
                _relay.Drop(size, e.Message);
                Abort(ReasonOf(e), e);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                _relay.Drop(size, e.Message);
            }
            finally
            {
                if (buffer is not null)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }

            lock (_gate)
            {
                if (_closed || !_waiting.TryDequeue(out (byte[] Buffer, int Size) next))
                {
                    _sending = false;
                    return;
                }

                (buffer, size) = next;
            }

            sending = _upstream!.Socket.SendAsync(buffer.AsMemory(0, size), CancellationToken.None);
        }
    }

    private async Task CloseAsync()
    {
        TryEnd(ConnectionEnd.Completed, null);
        (ConnectionEnd reason, Exception? error) = Volatile.Read(ref _ending)!;
        lock (_gate)
        {
            _closed = true;
            while (_waiting.TryDequeue(out (byte[] Buffer, int Size) dropped))
            {
                _relay.Drop(dropped.Size, error?.Message ?? "its flow has ended");
                ArrayPool<byte>.Shared.Return(dropped.Buffer);
            }
        }

        try
        {
            if (_upstream is not null)
            {
                Judge(_upstream, reason, error);
                await _upstream.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _relay.Closed(this, wasOpen: _upstream is not null, reason, error);
            if (!_closing.IsCancellationRequested)
            {
                _closing.Dispose();
            }
        }
    }

    private static void Judge(IDatagramUpstream upstream, ConnectionEnd reason, Exception? error)
    {
        if (error is ForwardException { IsTargetFault: true })
        {
            upstream.Fail();
        }
        else if (reason == ConnectionEnd.IdleTimeout)
        {
            // Many protocols have no answers. To have refused nothing all the time is as good as it gets with them.
            upstream.Succeed();
        }
    }

    private void Touch() => Volatile.Write(ref _lastActivity, _relay.Time.GetTimestamp());

    /// <summary>Why a flow ended, in one piece for those who read it from another thread.</summary>
    private sealed record Ending(ConnectionEnd Reason, Exception? Error);
}
