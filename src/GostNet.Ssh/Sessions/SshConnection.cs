using System.Net;
using GostNet.Internal;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Sessions;

/// <summary>One SSH connection, either role: transport (RFC 4253), and behind the login its channels (RFC 4254).</summary>
/// <remarks>
/// <para>There is one reader, which never waits for a consumer: what it may have to hold is bounded by the windows of the channels. Before
/// the login it does wait for the login to take what it has read.</para>
/// <para>What is written is not queued: a write is done when its last byte lies in the batch that leaves next. A batch takes a packet from
/// each channel in turn, and what controls the connection before all data. During a key exchange nothing is taken from the channels.</para>
/// <para>The numbers of sections name the description of SSH that the tests follow.</para>
/// </remarks>
internal sealed partial class SshConnection : ISshConnection
{
    // How long what was said last may take to be read by a peer that ought to close then.
    private static readonly TimeSpan PeerCloseTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastWordsTimeout = TimeSpan.FromSeconds(2);

    private readonly IConnection _carrier;
    private readonly SshRole _role;
    private readonly SshSettings _settings;
    private readonly CancellationTokenSource _handshake = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly QuickAck? _quickAck;
    private Task _run = Task.CompletedTask;
    private ISshConnectionHandler? _handler;
    private bool _isLoggedIn;
    private bool _isClosing;
    private bool _isEnded;

    private SshConnection(IConnection carrier, SshRole role, SshSettings settings)
    {
        _carrier = carrier;
        _role = role;
        _settings = settings;
        _login = new(this);
        _handshakeToken = _handshake.Token;
        _quickAck = QuickAck.TryCreate(carrier);
        Time = settings.Time;
        MinRatePeriod = Time.TimestampFrequency / 100;
    }

    public Task Completion => _run;

    public Exception? Error { get; private set; }

    public bool CanOpen
    {
        get { lock (Gate) { return _isLoggedIn && !_isEnded && !_isClosing && HasRoom; } }
    }

    public int ChannelCount => Volatile.Read(ref _channelCount);

    /// <summary>The near end of the connection underneath.</summary>
    public EndPoint? LocalEndPoint => _carrier.LocalEndPoint;

    /// <summary>The far end of the connection underneath.</summary>
    public EndPoint? RemoteEndPoint => _carrier.RemoteEndPoint;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>Whether everything is over.</summary>
    public bool IsEnded => Volatile.Read(ref _isEnded);

    /// <summary>Whether what has waited for a channel runs on the thread that brings what it waited for.</summary>
    public bool RunsInline => _settings.RunsInline;

    /// <summary>Guards what leaves, and the state of all channels.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>Exchanges keys, has somebody log in, and begins to serve. The carrier stays the caller's unless that succeeds.</summary>
    /// <typeparam name="T">What the login results in.</typeparam>
    /// <param name="carrier">The connection underneath.</param>
    /// <param name="role">Which side this is.</param>
    /// <param name="settings">What it goes by.</param>
    /// <param name="login">Logs in, or has somebody log in.</param>
    /// <param name="handle">Makes the handler of what the peer asks for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async ValueTask<(ISshConnection Connection, T User)> EstablishAsync<T>(
        IConnection carrier,
        SshRole role,
        SshSettings settings,
        Func<Authentication.IAuthenticationPipe, CancellationToken, ValueTask<T>> login,
        Func<ISshConnection, T, ISshConnectionHandler> handle,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        SshConnection connection = new(carrier, role, settings);
        connection.Start();
        using var timeout = new CancellationTokenSource(settings.LoginTimeout, settings.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await connection._keysReady.Task.WaitAsync(both.Token).ConfigureAwait(false);
            T user = await login(connection._login, both.Token).ConfigureAwait(false);
            connection.BeginService(handle(connection, user));
            return (connection, user);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            SshException error = new(
                DisconnectReason.ByApplication,
                ForwardError.TimedOut,
                $"The SSH connection was not ready within {settings.LoginTimeout.TotalSeconds:0.###} s.");
            await connection.GiveUpAsync(error).ConfigureAwait(false);
            throw error;
        }
        catch (Exception e)
        {
            await connection.GiveUpAsync(e).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends everything at once, without a word to the peer.</summary>
    public void Abort() => End(new IOException("The SSH connection was aborted."));

    public async ValueTask DisposeAsync()
    {
        bool isFirst;
        lock (Gate)
        {
            isFirst = !_isClosing;
            _isClosing = true;
        }

        if (isFirst)
        {
            await CloseAsync().ConfigureAwait(false);
        }

        await Completion.ConfigureAwait(false);
        Release();
    }

    private static SshException CarrierFailed(Exception e) => e as SshException
        ?? new(
            DisconnectReason.ConnectionLost,
            ForwardError.ConnectionClosed,
            $"The connection under the SSH connection failed: {e.Message}",
            e);

    private void Start() => _run = Jobs.StartDetached(() =>
    {
        lock (Gate)
        {
            _versionLine = VersionLine.Own;
            BeginExchange();
        }

        CreateTimers();
        return Task.Run(RunAsync);
    });

    private void BeginService(ISshConnectionHandler handler)
    {
        lock (Gate)
        {
            if (_isEnded)
            {
                throw Error ?? new IOException("The peer has closed the SSH connection.");
            }

            _handler = handler;
            Volatile.Write(ref _isLoggedIn, true);
        }

        StartTimers();
        _mailbox.Writer.TryComplete();
        _served.TrySetResult();
        _settings.Logger.SshEstablished(PeerText.Escape(_peerVersion), _algorithms!.Kex, _algorithms.HostKey, _algorithms.CipherToServer);
    }

    private async Task RunAsync()
    {
        Task readLoop = ReadLoopAsync();
        Task writeLoop = WriteLoopAsync();
        Flush();
        await _ended.Task.ConfigureAwait(false);
        await _handshake.CancelAsync().ConfigureAwait(false);
        if (Volatile.Read(ref _isLoggedIn))
        {
            try
            {
                if (Error is not null)
                {
                    _carrier.Abort();
                }

                await _carrier.DisposeAsync().ConfigureAwait(false); // frees what is in flight
            }
            catch (Exception e)
            {
                Error ??= CarrierFailed(e);
            }
        }

        await readLoop.ConfigureAwait(false);
        await writeLoop.ConfigureAwait(false);
        await StopTimersAsync().ConfigureAwait(false);
        Release();
    }

    /// <summary>Lets go of keys and timers. Both loops have ended.</summary>
    private void Release()
    {
        _sealer.Dispose();
        _nextSealer?.Dispose();
        _opener.Dispose();
        _nextOpener?.Dispose();
        _method?.Dispose();
        _ticking?.Dispose();
        _keepAlive?.Dispose();
        _rekey?.Dispose();
        _handshake.Dispose();
    }

    /// <summary>Ends a connection that is not ready, and leaves the carrier to its owner.</summary>
    private async Task GiveUpAsync(Exception error)
    {
        if (error is SshException { Reason: not DisconnectReason.ConnectionLost } reason && !IsEnded)
        {
            await SayGoodbyeAsync(reason.Reason, reason.Message).ConfigureAwait(false);
        }

        End(error);
        await Completion.ConfigureAwait(false);
        if (Volatile.Read(ref _isLoggedIn))
        {
            await DisposeAsync().ConfigureAwait(false); // who was to handle it failed
        }
    }

    private async Task CloseAsync()
    {
        await SayGoodbyeAsync(DisconnectReason.ByApplication, "").ConfigureAwait(false);

        // A connection that is closed with something unread resets, and what was just sent may be lost with it.
        await Completion.WaitAsync(PeerCloseTimeout, Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        End(error: null);
    }

    /// <summary>Tells the peer why nothing more will come, and ends this direction. It takes a short time at most, and fails never.</summary>
    private async Task SayGoodbyeAsync(DisconnectReason reason, string text)
    {
        lock (Gate)
        {
            _isClosing = true;
            if (!_isEnded)
            {
                _transport.Enqueue(new(TransportMessages.Disconnect(reason, text)) { IsLast = true });
            }
        }

        Flush();
        using CancellationTokenSource limit = new(_isLoggedIn ? _settings.CloseTimeout : LastWordsTimeout, Time);
        try
        {
            await _drained.Task.WaitAsync(limit.Token).ConfigureAwait(false);
            if (!IsEnded)
            {
                await _carrier.CompleteWritesAsync(limit.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            End(e is OperationCanceledException
                ? new IOException("The peer has not taken what was left when the SSH connection was closed.")
                : CarrierFailed(e));
        }
    }

    /// <summary>Ends the connection. The first reason stays; none is good order.</summary>
    private void End(Exception? error)
    {
        bool isWriterIdle;
        lock (Gate)
        {
            if (_isEnded)
            {
                return;
            }

            Error = error;
            Volatile.Write(ref _isEnded, true);
            _ready.Clear();
            _credits.Clear();
            DropQueued();
            isWriterIdle = !_isWriterBusy;
            _isWriterBusy = true;
        }

        if (isWriterIdle)
        {
            _writerSignal.Set();
        }

        StreamFault fault = EndFault();
        foreach (SshChannel? channel in Volatile.Read(ref _channels))
        {
            channel?.ConnectionEnded(fault);
        }

        FailRequests(fault);
        Exception told = error ?? new IOException(fault.Message);
        _keysReady.TrySetException(told);
        _ = _keysReady.Task.Exception; // nobody may be waiting
        _mailbox.Writer.TryComplete(told);
        _served.TrySetResult();
        _drained.TrySetResult();
        _ended.TrySetResult();
        _settings.Logger.SshEnded(error?.Message ?? "in good order");
    }

    private StreamFault EndFault() => Error is { } error
        ? new($"The SSH connection is broken: {error.Message}", error)
        : new(_isClosing ? "The SSH connection is closed." : "The peer has closed the SSH connection.");
}
