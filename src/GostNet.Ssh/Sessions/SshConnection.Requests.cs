using GostNet.Internal;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Sessions;

/// <content>Global requests (RFC 4254, section 4).</content>
internal sealed partial class SshConnection
{
    /// <summary>Asks whether the peer lives; whatever it answers will do.</summary>
    private const string KeepAliveName = "keepalive@openssh.com";

    /// <summary>GOST's name for the same (ssh, section 1.6).</summary>
    private const string PingName = "ping";

    /// <summary>The most requests of the peer's that are being done; more are refused in their turn (ssh, section 5).</summary>
    private const int MaxRequestsInHand = 64;

    /// <summary>The most answers of the peer's to nothing (ssh, section 7).</summary>
    private const int MaxUnaskedReplies = 16;

    // Both guarded by the gate.
    private readonly Queue<PendingReply> _awaited = [];
    private readonly Queue<PeerRequest> _peerRequests = [];
    private int _unaskedReplies;

    // In timestamps; 0 while it is not known. The shortest that was seen.
    private long _roundTrip;
    private long _lastProbe;
    private bool _isProbing;

    /// <summary>The shortest round trip to the peer that was seen, in units of <see cref="Time"/>'s timestamps; 0 if none was.</summary>
    internal long RoundTrip => Volatile.Read(ref _roundTrip);

    /// <summary>10 milliseconds, in the same unit.</summary>
    internal long MinRatePeriod { get; }

    public async ValueTask<bool> RequestAsync(
        string name, ReadOnlyMemory<byte> data, Action<ReadOnlyMemory<byte>>? onSuccess, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        PendingReply reply = new(onSuccess);
        lock (Gate)
        {
            if (_isEnded || _isClosing)
            {
                throw EndFault().ToException();
            }

            Ask(name, data.Span, reply);
        }

        Flush();
        try
        {
            return await reply.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            reply.GiveUp();
            throw;
        }
    }

    public void Notify(string name, ReadOnlyMemory<byte> data)
    {
        lock (Gate)
        {
            Enqueue(SshWriter.Message(MessageNumber.GlobalRequest).Text(name).Boolean(false).Bytes(data.Span).ToArray());
        }

        Flush();
    }

    /// <summary>The caller holds the gate.</summary>
    private void Ask(string name, ReadOnlySpan<byte> data, PendingReply reply)
    {
        Enqueue(SshWriter.Message(MessageNumber.GlobalRequest).Text(name).Boolean(true).Bytes(data).ToArray());
        _awaited.Enqueue(reply);
    }

    /// <summary>Has the round trip measured if it matters how long it is: while channels receive, once a second. The caller holds the gate.
    /// </summary>
    private void ProbeRoundTrip()
    {
        long now = Time.GetTimestamp();
        if (!_isEnded && !_isClosing && !_isProbing
            && (_lastProbe == 0 || Time.GetElapsedTime(_lastProbe, now) >= TimeSpan.FromSeconds(1)))
        {
            _isProbing = true;
            _lastProbe = now;
            Ask(KeepAliveName, default, new(onSuccess: null) { SentAt = now });
        }
    }

    private void TakeReply(ReadOnlySpan<byte> payload)
    {
        PendingReply? reply;
        lock (Gate)
        {
            _awaited.TryDequeue(out reply);
            if (reply is { SentAt: > 0 and var sentAt })
            {
                _isProbing = false;
                long roundTrip = Math.Max(1, Time.GetTimestamp() - sentAt);
                Volatile.Write(ref _roundTrip, _roundTrip == 0 ? roundTrip : Math.Min(_roundTrip, roundTrip));
            }
        }

        if (reply is null)
        {
            if (++_unaskedReplies > MaxUnaskedReplies)
            {
                throw SshException.Protocol("The peer answers what was not asked.");
            }

            return;
        }

        reply.Answer(payload[0] == MessageNumber.RequestSuccess, payload[1..]);
    }

    private void TakeGlobalRequest(ReadOnlySpan<byte> payload)
    {
        SshReader reader = new(payload[1..]);
        if (!reader.TryReadString(out ReadOnlySpan<byte> nameBytes) || !reader.TryReadBoolean(out bool wantsReply))
        {
            throw CutShort();
        }

        string name = NameOf(nameBytes);
        PeerRequest request = new(this, name, reader.Rest.ToArray(), wantsReply);
        bool isForHandler = name is not (KeepAliveName or PingName);
        if (wantsReply)
        {
            lock (Gate)
            {
                isForHandler &= _peerRequests.Count < MaxRequestsInHand;
                if (_peerRequests.Count >= MaxQueuedControl)
                {
                    throw SshException.Protocol($"The peer has {_peerRequests.Count} requests that are not answered yet.");
                }

                _peerRequests.Enqueue(request);
            }
        }

        if (isForHandler)
        {
            _handler!.OnGlobalRequest(request);
        }
        else
        {
            request.Answer(isDone: false);
        }
    }

    /// <summary>Sends the answers whose turn it is.</summary>
    private void SendAnswers()
    {
        lock (Gate)
        {
            while (_peerRequests.TryPeek(out PeerRequest? request) && request.Reply is { } reply)
            {
                _peerRequests.Dequeue();
                EnqueueAnswer(reply);
            }
        }

        Flush();
    }

    private void FailRequests(StreamFault fault)
    {
        PendingReply[] awaited;
        lock (Gate)
        {
            awaited = [.. _awaited];
            _awaited.Clear();
            _peerRequests.Clear();
        }

        foreach (PendingReply reply in awaited)
        {
            reply.Fail(fault.ToException());
        }
    }

    /// <summary>A request of ours whose answer has not come.</summary>
    private sealed class PendingReply(Action<ReadOnlyMemory<byte>>? onSuccess)
    {
        private readonly TaskCompletionSource<bool> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _isSettled;

        public Task<bool> Task => _reply.Task;

        /// <summary>When it was sent, if that measures the round trip.</summary>
        public long SentAt { get; init; }

        public void Answer(bool isDone, ReadOnlySpan<byte> data)
        {
            if (Interlocked.Exchange(ref _isSettled, 1) == 0)
            {
                if (isDone)
                {
                    onSuccess?.Invoke(data.ToArray());
                }

                _reply.SetResult(isDone);
            }
        }

        public void Fail(Exception error)
        {
            if (_reply.TrySetException(error))
            {
                _ = _reply.Task.Exception; // nobody may be waiting
            }
        }

        public void GiveUp() => Interlocked.Exchange(ref _isSettled, 1);
    }

    /// <summary>A request of the peer's.</summary>
    private sealed class PeerRequest(SshConnection connection, string name, byte[] data, bool wantsReply) : GlobalRequest
    {
        private int _isAnswered;
        private byte[]? _reply;

        public override string Name => name;

        public override ReadOnlyMemory<byte> Data => data;

        public override bool WantsReply => wantsReply;

        /// <summary>The answer, once there is one.</summary>
        public byte[]? Reply => Volatile.Read(ref _reply);

        public override void Answer(bool isDone, ReadOnlySpan<byte> data = default)
        {
            if (Interlocked.Exchange(ref _isAnswered, 1) != 0)
            {
                throw new InvalidOperationException("The request was answered before.");
            }

            if (wantsReply)
            {
                Volatile.Write(ref _reply, isDone ? [MessageNumber.RequestSuccess, .. data] : [MessageNumber.RequestFailure]);
                connection.SendAnswers();
            }
        }
    }
}
