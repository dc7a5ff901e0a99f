using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using GostNet.Internal;

namespace GostNet.Transports.Multiplexing;

/// <summary>Many streams over one connection: smux, version 1 or 2, either role.</summary>
/// <remarks>
/// <para>A reader that stands still stops its own stream only, until all streams together hold <see cref="SmuxOptions.ReceiveBuffer"/>
/// unread; then nothing is read from the connection until somebody reads. A sender of version 2 stops before, at its window. One of
/// version 1 cannot be stopped: see <see cref="SmuxOptions.MaxStreamShare"/>.</para>
/// <para>What is written is not queued: a write is done when its last byte lies in the batch that leaves next. A batch takes a frame from
/// each stream in turn, and takes control frames before all data.</para>
/// <para>The numbers of sections name the description of smux that the tests follow.</para>
/// </remarks>
internal sealed partial class SmuxSession : IMultiplexSession, IBatchSource, IFrameSink
{
    /// <summary>The stream id of a NOP that says: the sender knows half-closes. Others ignore it, as the id of every NOP.</summary>
    public const uint HalfCloseMark = 0x4F43_4E47;

    /// <summary>How long a stream that was closed here is kept until the peer closes it too (section 5, rule 1).</summary>
    public static readonly TimeSpan LingerTimeout = TimeSpan.FromSeconds(60);

    /// <summary>How long a stream that the peer has ended is kept while nobody reads it (section 10, 11).</summary>
    public static readonly TimeSpan UnreadTimeout = TimeSpan.FromSeconds(60);

    /// <summary>How long an end that has sent everything waits for the other to close. Library 1.5.24, of GOST 2.12, never does.</summary>
    public static readonly TimeSpan PeerCloseTimeout = TimeSpan.FromSeconds(1);

    private readonly IConnection _carrier;
    private readonly SmuxRole _role;
    private readonly byte _version;

    // Looked up by the read loop alone; changed under the gate.
    private readonly ConcurrentDictionary<uint, SmuxConnection> _streams = [];
    private readonly Channel<SmuxConnection> _accepted;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _run = Task.CompletedTask;
    private int _openStreams;
    private int _lingeringStreams;
    private int _finsOwed;
    private bool _isClosing;
    private bool _isEnded;

    private SmuxSession(IConnection carrier, SmuxRole role, SmuxOptions options, TimeProvider time)
    {
        _carrier = carrier;
        _role = role;
        _version = (byte)options.Version;
        NextStreamId = role == SmuxRole.Client ? 3 : 2;
        _tokens = options.ReceiveBuffer;
        _accepted = Channel.CreateBounded<SmuxConnection>(options.AcceptBacklog);
        PeerHalfCloses = options.PeerHalfCloses;
        Options = options;
        Time = time;
        Writer = new(this, Gate, carrier.Stream, BatchSize + options.MaxFrameSize + (2 * SmuxCodec.MaxControlLength));
    }

    /// <summary>The near end of the connection underneath.</summary>
    public EndPoint? LocalEndPoint => _carrier.LocalEndPoint;

    /// <summary>The far end of the connection underneath.</summary>
    public EndPoint? RemoteEndPoint => _carrier.RemoteEndPoint;

    /// <summary>Completes, and never fails, once the session is over and the connection underneath is disposed.</summary>
    public Task Completion => _run;

    /// <summary>Why the session is broken. Nothing while it lives, and if it ended in good order, whichever side closed it.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Whether no stream can be opened any more.</summary>
    public bool IsClosed => Volatile.Read(ref _isEnded) || Volatile.Read(ref _isClosing);

    /// <summary>How many streams are open: neither closed here nor over.</summary>
    public int StreamCount => Volatile.Read(ref _openStreams);

    /// <summary>How many streams were closed here, and not yet by the peer.</summary>
    public int LingeringStreamCount => Volatile.Read(ref _lingeringStreams);

    /// <summary>Whether the peer is known to go on sending after the end of the other direction.</summary>
    public bool PeerHalfCloses { get; private set; }

    /// <summary>The settings.</summary>
    public SmuxOptions Options { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>The id of the stream that is opened next. There are no more once it exceeds 32 bits: ids are not used again (section 2).
    /// </summary>
    internal long NextStreamId { get; set; }

    /// <summary>Guards what leaves, and the state of all streams.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>Sends what streams offer.</summary>
    internal BatchWriter Writer { get; }

    /// <summary>Begins a session. There is no handshake: a wrong peer is noticed by its first frame.</summary>
    /// <param name="carrier">The connection, which the session owns from now on.</param>
    /// <param name="role">Which ids this end opens; the peer opens the others.</param>
    /// <param name="options">The settings.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ArgumentException">The settings are wrong; the connection is still the caller's.</exception>
    public static SmuxSession Start(IConnection carrier, SmuxRole role, SmuxOptions options, TimeProvider time)
    {
        options.Validate();
        SmuxSession session = new(carrier, role, options, time);
        session._run = Jobs.StartDetached(() =>
        {
            session.StartTimers();
            return Task.Run(session.RunAsync);
        });
        return session;
    }

    /// <summary>Opens a stream. The peer does not confirm it: a peer that refuses closes the stream at once.</summary>
    /// <exception cref="IOException">The session is closed, has as many streams as it may, or has used up its ids.</exception>
    public async ValueTask<IConnection> OpenStreamAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        SmuxConnection stream;
        ValueTask opened;
        lock (Gate)
        {
            if (_isEnded || _isClosing)
            {
                throw EndFault().ToException();
            }

            if (_openStreams >= Options.MaxStreams)
            {
                throw new IOException($"The smux session has {_openStreams} streams, as many as it may.");
            }

            if (NextStreamId > uint.MaxValue)
            {
                throw new IOException("The smux session has used up its stream ids.");
            }

            stream = new(this, (uint)NextStreamId);
            NextStreamId += 2;
            Add(stream); // before the SYN, so that an answer finds it (section 10, 4)
            opened = stream.BeginOpen();
            _control.Enqueue(new(SmuxCommand.Syn, stream.Id, stream));
        }

        Flush();
        stream.CancelOpenBy(cancellationToken);
        try
        {
            await opened.ConfigureAwait(false);
            return stream;
        }
        catch
        {
            stream.Abort();
            throw;
        }
    }

    /// <summary>Waits for the next stream that the peer opens.</summary>
    /// <returns>The stream, or <see langword="null"/> once the session is closed, in good order or not; <see cref="Failure"/> says which.
    /// </returns>
    public async ValueTask<IConnection?> AcceptStreamAsync(CancellationToken cancellationToken = default)
    {
        while (await _accepted.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (_accepted.Reader.TryRead(out SmuxConnection? stream))
            {
                if (!stream.IsClosed)
                {
                    return stream;
                }

                stream.Close();
            }
        }

        return null;
    }

    bool IMultiplexSession.CanOpen =>
        !IsClosed && Volatile.Read(ref _openStreams) < Options.MaxStreams && NextStreamId <= uint.MaxValue;

    ValueTask<IConnection> IMultiplexSession.OpenAsync(CancellationToken cancellationToken) => OpenStreamAsync(cancellationToken);

    ValueTask<IConnection?> IMultiplexSession.AcceptAsync(CancellationToken cancellationToken) => AcceptStreamAsync(cancellationToken);

    /// <summary>Closes every stream, sends what is still to be sent, and closes the connection once the peer has closed its side.</summary>
    /// <remarks>If the peer does not take what is left within <see cref="SmuxOptions.CloseTimeout"/>, the connection is aborted. For its
    /// closing <see cref="PeerCloseTimeout"/> is enough. The peer's streams end in good order.</remarks>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task CloseAsync(CancellationToken cancellationToken = default)
    {
        bool isFirst;
        lock (Gate)
        {
            isFirst = !_isClosing;
            _isClosing = true;
        }

        if (isFirst)
        {
            _accepted.Writer.TryComplete();
            CloseStreams();
            Flush(); // notices if there is nothing to send
        }

        try
        {
            using (CancellationTokenSource limit = new(Options.CloseTimeout, Time))
            using (var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken))
            {
                await _drained.Task.WaitAsync(both.Token).ConfigureAwait(false);
                if (!Volatile.Read(ref _isEnded))
                {
                    await _carrier.CompleteWritesAsync(both.Token).ConfigureAwait(false);
                }
            }

            // A connection that is closed with something unread resets, and what was just sent may be lost with it.
            await Completion.WaitAsync(PeerCloseTimeout, Time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException)
        {
            End(_drained.Task.IsCompleted ? null : new IOException("The peer has not taken what was left when the smux session was closed."));
        }
        catch (Exception e)
        {
            End(CarrierFailed(e));
        }

        await Completion.ConfigureAwait(false);
    }

    /// <summary>Ends the session at once: the connection is aborted, and streams that are open fail.</summary>
    public void Abort() => End(new IOException("The smux session was aborted."));

    /// <summary>As <see cref="CloseAsync"/>. Afterwards no task, timer or buffer is left.</summary>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        CloseStreams();
    }

    /// <summary>Looks whether a stream is over, or waits for nothing but the peer. The caller holds the gate.</summary>
    internal void Settle(SmuxConnection stream)
    {
        bool isReadOver = stream.IsLocallyClosed || stream.IsReadToEnd;
        if (isReadOver && (_isEnded || (stream.IsFinSent && stream.HasPeerEnded)))
        {
            Remove(stream);
        }
        else if (stream.IsLocallyClosed && !stream.IsLingering && stream.IsListed)
        {
            stream.IsLingering = true;
            _openStreams--;
            _lingeringStreams++;
        }

        // Frames for ids that are not known are ignored too; what is kept here is bounded, whatever the peer does.
        if (stream.IsLingering && stream.IsListed && stream.IsFinSent && _lingeringStreams > Options.MaxStreams)
        {
            Remove(stream);
        }
    }

    /// <summary>Counts a FIN as sent. The caller holds the gate.</summary>
    internal void FinSent(SmuxConnection stream)
    {
        _finsOwed--;
        Settle(stream);
    }

    private static IOException CarrierFailed(Exception e) =>
        new($"The connection under the smux session failed: {e.Message}", e);

    private async Task RunAsync()
    {
        Task readLoop = ReadLoopAsync();
        Task writeLoop = Writer.RunAsync();
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
        await StopTimersAsync().ConfigureAwait(false);
    }

    /// <summary>Ends the session. The first reason stays; none is good order.</summary>
    private void End(Exception? error)
    {
        lock (Gate)
        {
            if (_isEnded)
            {
                return;
            }

            Failure = error;
            Volatile.Write(ref _isEnded, true);
            _control.Clear();
            _ready.Clear();
            _updates.Clear();
            Writer.Stop();
        }

        _accepted.Writer.TryComplete();
        StreamFault fault = EndFault();
        foreach ((_, SmuxConnection stream) in _streams)
        {
            stream.SessionEnded(fault);
        }

        _drained.TrySetResult();
        ResumeReading();
        if (error is not null)
        {
            _carrier.Abort();
        }

        _ended.TrySetResult();
    }

    private StreamFault EndFault() => Failure is { } error
        ? new($"The smux session is broken: {error.Message}", error)
        : new(_isClosing ? "The smux session is closed." : "The peer has closed the smux session.");

    private void CloseStreams()
    {
        foreach ((_, SmuxConnection stream) in _streams)
        {
            stream.Close();
        }
    }

    private void Add(SmuxConnection stream)
    {
        _streams[stream.Id] = stream;
        stream.IsListed = true;
        _openStreams++;
        _finsOwed++;
    }

    private void Remove(SmuxConnection stream)
    {
        if (stream.IsListed)
        {
            stream.IsListed = false;
            _streams.TryRemove(stream.Id, out _);
            if (stream.IsLingering)
            {
                _lingeringStreams--;
            }
            else
            {
                _openStreams--;
            }
        }
    }
}
