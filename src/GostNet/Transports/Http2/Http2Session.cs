using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using GostNet.Internal;

namespace GostNet.Transports.Http2;

/// <summary>Many streams over one connection: HTTP/2 (RFC 9113), either role, as far as tunnels need it. There are no priorities, no
/// pushes and no trailers.</summary>
/// <remarks>
/// <para>A reader that stands still stops its own stream only: what arrives is credited to the session at once, and to the stream when it
/// is read. Only when all streams together hold <see cref="Http2Profile.ReceiveBudget"/> unread, the session waits for readers.</para>
/// <para>What is written is not queued: a write is done when its last byte lies in the batch that leaves next. A batch takes a frame from
/// each stream in turn, and takes control frames before all data.</para>
/// <para>Frames for streams that are over are ignored and counted, for as long as the session lasts: an id that was used is known by its
/// being below the newest. GOST sends DATA after its own RST_STREAM.</para>
/// <para>"Section" without a name is one of the description of transports that the tests follow.</para>
/// </remarks>
internal sealed partial class Http2Session : IMultiplexSession, IBatchSource, IFrameSink
{
    /// <summary>How long a client waits for the answer to a request. GOST waits for ever.</summary>
    public static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(30);

    /// <summary>How long what is left may take to leave when the session is closed.</summary>
    public static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    /// <summary>How long an end that has sent everything waits for the other to close.</summary>
    public static readonly TimeSpan PeerCloseTimeout = TimeSpan.FromSeconds(1);

    private const uint MaxStreamId = 0x7FFF_FFFF;

    private readonly IConnection _carrier;

    // Looked up by the read loop alone; changed under the gate.
    private readonly ConcurrentDictionary<uint, Http2Connection> _streams = [];
    private readonly Channel<Http2Connection> _accepted = Channel.CreateBounded<Http2Connection>(Http2Profile.MaxStreams);
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _leaving = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _run = Task.CompletedTask;
    private int _openStreams;
    private bool _isClosing;
    private bool _isEnded;
    private bool _isPeerGoing;

    private Http2Session(IConnection carrier, Http2Profile profile, TimeProvider time)
    {
        _carrier = carrier;
        Profile = profile;
        Time = time;
        Writer = new(this, Gate, carrier.Stream, BatchSize + MaxDataSize + Http2Connection.MaxFrameOverhead);
    }

    /// <summary>The near end of the connection underneath.</summary>
    public EndPoint? LocalEndPoint => _carrier.LocalEndPoint;

    /// <summary>The far end of the connection underneath.</summary>
    public EndPoint? RemoteEndPoint => _carrier.RemoteEndPoint;

    /// <summary>Completes, and never fails, once the session is over and the connection underneath is disposed.</summary>
    public Task Completion => _run;

    /// <summary>Why the session is broken. Nothing while it lives, and if it ended in good order, whichever side closed it.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Whether a stream can be opened. Not after the peer's GOAWAY, nor with as many streams as there may be.</summary>
    public bool CanOpen => Profile.Role == Http2Role.Client && !IsClosed && !Volatile.Read(ref _isPeerGoing)
        && Volatile.Read(ref _openStreams) < MaxOpenStreams && NextStreamId <= MaxStreamId;

    /// <summary>How many streams are open, or about to be opened.</summary>
    public int StreamCount => Volatile.Read(ref _openStreams);

    /// <summary>How this end behaves.</summary>
    public Http2Profile Profile { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>The id of the stream that a client opens next; ids are not used again.</summary>
    internal long NextStreamId { get; set; } = 1;

    /// <summary>Guards what leaves, and the state of all streams.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>Sends what streams offer.</summary>
    internal BatchWriter Writer { get; }

    private bool IsClosed => Volatile.Read(ref _isEnded) || Volatile.Read(ref _isClosing);

    private int MaxOpenStreams => (int)Math.Min(Http2Profile.MaxStreams - 1, Volatile.Read(ref _peerMaxStreams));

    /// <summary>Begins a session. A client sends its preface and its settings at once and waits for nothing: a wrong peer is noticed by
    /// its first frame. Of a server's peer the preface has been read.</summary>
    /// <param name="carrier">The connection, which the session owns from now on.</param>
    /// <param name="profile">How this end behaves.</param>
    /// <param name="time">The clock.</param>
    public static Http2Session Start(IConnection carrier, Http2Profile profile, TimeProvider time)
    {
        Http2Session session = new(carrier, profile, time);
        session.SendGreeting();
        session._run = Jobs.StartDetached(() =>
        {
            ITimer timer = session.StartTimer();
            return Task.Run(() => session.RunAsync(timer));
        });
        return session;
    }

    /// <summary>Opens a stream, and waits until the peer has agreed: what is wrong with the peer, or with what it is asked for, shows
    /// here and not at the first reading. A server of GOST answers before it dials. If there is nothing to ask for in general, the stream
    /// is an <see cref="IRequestingConnection"/>, and the peer hears of it when it is asked for something.</summary>
    /// <exception cref="ForwardException">The peer refused, or did not answer.</exception>
    /// <exception cref="IOException">The session has ended, or can hold no more.</exception>
    public async ValueTask<IConnection> OpenAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Http2Connection stream;
        lock (Gate)
        {
            if (!CanOpen)
            {
                throw IsClosed || Profile.Role != Http2Role.Client ? EndFault().ToException()
                    : _isPeerGoing ? new IOException("The peer takes no more HTTP/2 streams on this connection.")
                    : new IOException($"The HTTP/2 session has {_openStreams} streams, as many as it may, or has used up its stream ids.");
            }

            stream = new(this);
            _openStreams++;
        }

        if (Profile.TunnelRequest is not { } request)
        {
            return stream;
        }

        try
        {
            ResponseHead response = await stream.RequestAsync(request, cancellationToken).ConfigureAwait(false);
            return response.StatusCode == 200
                ? stream
                : throw new ForwardException(
                    ForwardError.ProxyFailure, $"The HTTP/2 peer answered {request.Method} with {response.StatusCode}.");
        }
        catch
        {
            stream.Close();
            throw;
        }
    }

    /// <summary>Waits for the next stream that the peer opens.</summary>
    /// <returns>The stream, or <see langword="null"/> once the session is closed, in good order or not; <see cref="Failure"/> says which.
    /// </returns>
    public async ValueTask<IConnection?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _accepted.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_accepted.Reader.TryRead(out Http2Connection? stream))
            {
                return stream;
            }
        }

        return null;
    }

    /// <summary>Ends the session at once: the connection is aborted, and streams that are open fail.</summary>
    public void Abort() => End(new IOException("The HTTP/2 session was aborted."));

    /// <summary>Takes no more streams, closes every one, sends what is still to be sent, and closes the connection once the peer has
    /// closed its side. Afterwards no task, timer or buffer is left.</summary>
    /// <remarks>If the peer does not take what is left within <see cref="CloseTimeout"/>, the connection is aborted. For its closing
    /// <see cref="PeerCloseTimeout"/> is enough.</remarks>
    public async ValueTask DisposeAsync()
    {
        await LeaveAsync().ConfigureAwait(false);
        await Completion.ConfigureAwait(false);
        CloseStreams();
    }

    /// <summary>Gives a client's stream its id, and sends what it asks for. The caller holds the gate, and flushes without it.</summary>
    internal void SendRequest(Http2Connection stream, RequestHead request)
    {
        if (_isEnded || _isClosing || _isPeerGoing || NextStreamId > MaxStreamId)
        {
            throw (_isPeerGoing ? new StreamFault("The peer takes no more HTTP/2 streams on this connection.") : EndFault()).ToException();
        }

        HeaderField[] fields = Http2Heads.Write(request);
        if (fields.Any(field => field.Name.Concat(field.Value).Any(character => character > 0xFF))
            || HpackEncoder.MaxLength(fields) >= Http2Codec.MinMaxFrameSize)
        {
            throw new ForwardException(ForwardError.AddressNotSupported, "The request does not fit into a head of HTTP/2.");
        }

        stream.Id = (uint)NextStreamId;
        NextStreamId += 2;
        _streams[stream.Id] = stream; // before the request, so that an answer finds it
        stream.IsListed = true;
        stream.OpenWindow(_peerStreamWindow);
        SendHeaders(stream.Id, fields, Http2FrameFlags.None);
    }

    /// <summary>Forgets a stream that never got an id, or is over. The caller holds the gate.</summary>
    internal void Remove(Http2Connection stream)
    {
        if (!stream.IsCounted)
        {
            return;
        }

        stream.IsCounted = false;
        _openStreams--;
        if (stream.IsListed)
        {
            stream.IsListed = false;
            _streams.TryRemove(stream.Id, out _);
            _finishedStreams += stream.HasCarried ? 1 : 0;
        }
    }

    private static IOException CarrierFailed(Exception e) =>
        new($"The connection under the HTTP/2 session failed: {e.Message}", e);

    private async Task LeaveAsync()
    {
        BeginClose(Http2ErrorCode.NoError);
        CloseStreams();
        Flush();
        try
        {
            using (CancellationTokenSource limit = new(CloseTimeout, Time))
            {
                await _drained.Task.WaitAsync(limit.Token).ConfigureAwait(false);
                if (!Volatile.Read(ref _isEnded))
                {
                    await _carrier.CompleteWritesAsync(limit.Token).ConfigureAwait(false);
                }
            }

            // A connection that is closed with something unread resets, and what was just sent may be lost with it. Not WaitAsync with a
            // limit of its own: that lets go of its timer only after it has returned.
            using CancellationTokenSource patience = new(PeerCloseTimeout, Time);
            await _ended.Task.WaitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            End(_drained.Task.IsCompleted
                ? null
                : new IOException("The peer has not taken what was left when the HTTP/2 session was closed."));
        }
        catch (Exception e)
        {
            End(CarrierFailed(e));
        }
    }

    private async Task RunAsync(ITimer timer)
    {
        Task readLoop = ReadLoopAsync();
        Task writeLoop = Writer.RunAsync();
        Flush();
        await Task.WhenAny(_ended.Task, _leaving.Task).ConfigureAwait(false);
        if (!_ended.Task.IsCompleted)
        {
            await LeaveAsync().ConfigureAwait(false);
        }

        await _ended.Task.ConfigureAwait(false);
        try
        {
            await _carrier.DisposeAsync().ConfigureAwait(false); // frees what is in flight
        }
        catch (Exception e)
        {
            Failure ??= CarrierFailed(e);
        }

        await readLoop.ConfigureAwait(false);
        await writeLoop.ConfigureAwait(false);
        await timer.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Opens no more streams and takes none, and tells the peer.</summary>
    private void BeginClose(Http2ErrorCode code)
    {
        lock (Gate)
        {
            if (_isClosing || _isEnded)
            {
                return;
            }

            Volatile.Write(ref _isClosing, true);
            Http2Codec.WriteGoAway(ReserveControl(Http2Codec.HeaderLength + Http2Codec.GoAwayLength), _lastPeerStreamId, code);
        }

        _accepted.Writer.TryComplete();
    }

    /// <summary>Ends the session for a fault of the peer's, which is told: GOAWAY, and time to read it.</summary>
    private async Task FailAsync(ForwardException error)
    {
        lock (Gate)
        {
            if (_isEnded)
            {
                return;
            }

            Failure = error;
            _isClosing = false; // a GOAWAY that was sent before has another code
        }

        BeginClose(_faultCode);
        EndStreams();
        Flush();
        try
        {
            using CancellationTokenSource limit = new(PeerCloseTimeout, Time);
            await _drained.Task.WaitAsync(limit.Token).ConfigureAwait(false);
            await _carrier.CompleteWritesAsync(limit.Token).ConfigureAwait(false);
            byte[] rest = new byte[4096];
            for (int total = 0; total < MaxFarewell;)
            {
                int count = await _carrier.Stream.ReadAsync(rest, limit.Token).ConfigureAwait(false);
                total = count == 0 ? MaxFarewell : total + count;
            }

            End(error, isAborting: false);
        }
        catch (Exception)
        {
            End(error); // it was told, or cannot be; the error is why
        }
    }

    /// <summary>Ends the session. The first reason stays; none is good order.</summary>
    private void End(Exception? error, bool isAborting = true)
    {
        lock (Gate)
        {
            if (_isEnded)
            {
                return;
            }

            Failure ??= error;
            Volatile.Write(ref _isEnded, true);
            _controlStart = _controlEnd = 0;
            _ready.Clear();
            _blocked.Clear();
            Writer.Stop();
        }

        _accepted.Writer.TryComplete();
        EndStreams();
        _drained.TrySetResult();
        if (error is not null && isAborting)
        {
            _carrier.Abort();
        }

        _ended.TrySetResult();
    }

    private StreamFault EndFault() => Failure is { } error
        ? new($"The HTTP/2 session is broken: {error.Message}", error)
        : new(_isClosing ? "The HTTP/2 session is closed." : "The peer has closed the HTTP/2 session.");

    private void EndStreams()
    {
        StreamFault fault = EndFault();
        foreach ((_, Http2Connection stream) in _streams)
        {
            stream.Fail(fault);
        }
    }

    private void CloseStreams()
    {
        foreach ((_, Http2Connection stream) in _streams)
        {
            stream.Close();
        }
    }
}
