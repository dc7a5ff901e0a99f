using System.Net;
using GostNet.Ssh.Sessions;
using GostNet.Testing;

namespace GostNet.Ssh.Tests.Forwarding;

/// <summary>One end of an SSH connection without a wire: what one end asks for is handled at the other at once.</summary>
internal sealed class FakeSshConnection : ISshConnection
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _reader = new();
    private readonly Lock _gate = new();
    private readonly Queue<Request> _unanswered = [];
    private FakeSshConnection _peer = null!;
    private int _channels;

    private FakeSshConnection()
    {
    }

    public Task Completion => _completion.Task;

    public Exception? Error { get; private set; }

    public bool CanOpen => !Completion.IsCompleted;

    public int ChannelCount => Volatile.Read(ref _channels);

    /// <summary>Handles what the other end asks for.</summary>
    public ISshConnectionHandler Handler { get; set; } = null!;

    public bool IsDisposed { get; private set; }

    public static (FakeSshConnection Client, FakeSshConnection Server) CreatePair()
    {
        FakeSshConnection client = new();
        FakeSshConnection server = new() { _peer = client };
        client._peer = server;
        return (client, server);
    }

    public async ValueTask<IConnection> OpenChannelAsync(string type, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        ThrowIfEnded();
        Opening opening = new(this, type, data);
        Interlocked.Increment(ref _channels);
        lock (_peer._reader)
        {
            _peer.Handler.OnChannelOpen(opening);
        }

        return await opening.Opened.WaitAsync(cancellationToken);
    }

    public async ValueTask<bool> RequestAsync(
        string name, ReadOnlyMemory<byte> data, Action<ReadOnlyMemory<byte>>? onSuccess, CancellationToken cancellationToken)
    {
        ThrowIfEnded();
        Request request = new(this, name, data, wantsReply: true, onSuccess);
        Send(request);
        return await request.Answered.WaitAsync(cancellationToken);
    }

    public void Notify(string name, ReadOnlyMemory<byte> data) => Send(new Request(this, name, data, wantsReply: false, onSuccess: null));

    /// <summary>Both ends end.</summary>
    public void End(Exception? error = null)
    {
        foreach (FakeSshConnection end in new[] { this, _peer })
        {
            end.Error ??= error;
            end._completion.TrySetResult();
            lock (end._gate)
            {
                while (end._unanswered.TryDequeue(out Request? request))
                {
                    request.Fail();
                }
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        End();
        return ValueTask.CompletedTask;
    }

    private void Send(Request request)
    {
        lock (_gate)
        {
            if (request.WantsReply)
            {
                _unanswered.Enqueue(request);
            }
        }

        lock (_peer._reader)
        {
            _peer.Handler.OnGlobalRequest(request);
        }
    }

    /// <summary>Lets answers through in the order of the requests.</summary>
    private void Deliver()
    {
        lock (_reader)
        {
            lock (_gate)
            {
                while (_unanswered.TryPeek(out Request? request) && request.TryDeliver())
                {
                    _unanswered.Dequeue();
                }
            }
        }
    }

    private void ThrowIfEnded()
    {
        if (Completion.IsCompleted)
        {
            throw new IOException("The connection has ended.");
        }
    }

    private sealed class Opening(FakeSshConnection from, string type, ReadOnlyMemory<byte> data) : ChannelOpening
    {
        private readonly TaskCompletionSource<IConnection> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override string Type => type;

        public override ReadOnlyMemory<byte> Data => data;

        public Task<IConnection> Opened => _opened.Task;

        public override IConnection? Accept()
        {
            EndPoint client = new IPEndPoint(IPAddress.Loopback, 50022);
            (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair(client, client);
            Assert.True(_opened.TrySetResult(near), "It was answered twice.");
            return from.Completion.IsCompleted ? null : far;
        }

        public override void Refuse(ChannelOpenFailure failure, string text)
        {
            Interlocked.Decrement(ref from._channels);
            Assert.True(_opened.TrySetException(new ChannelRefusedException(failure, text)), "It was answered twice.");
        }
    }

    private sealed class Request(
        FakeSshConnection from, string name, ReadOnlyMemory<byte> data, bool wantsReply, Action<ReadOnlyMemory<byte>>? onSuccess) : GlobalRequest
    {
        private readonly TaskCompletionSource<bool> _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private (bool IsDone, byte[] Data)? _answer;

        public override string Name => name;

        public override ReadOnlyMemory<byte> Data => data;

        public override bool WantsReply => wantsReply;

        public Task<bool> Answered => _answered.Task;

        public override void Answer(bool isDone, ReadOnlySpan<byte> data = default)
        {
            Assert.Null(_answer);
            _answer = (isDone, data.ToArray());
            from.Deliver();
        }

        public bool TryDeliver()
        {
            if (_answer is not { } answer)
            {
                return false;
            }

            if (answer.IsDone)
            {
                onSuccess?.Invoke(answer.Data);
            }

            return _answered.TrySetResult(answer.IsDone);
        }

        public void Fail() => _answered.TrySetException(new IOException("The connection has ended."));
    }
}
