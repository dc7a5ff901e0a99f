using System.Threading.Channels;

namespace GostNet.Tests.Protocols.Socks;

/// <summary>A session whose streams the test brings.</summary>
internal sealed class FakeSession(IConnection carrier) : IMultiplexSession
{
    private readonly Channel<IConnection> _streams = Channel.CreateUnbounded<IConnection>();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IConnection Carrier => carrier;

    public Task Completion => _ended.Task;

    public Exception? Failure { get; private set; }

    public bool CanOpen => false;

    public void Bring(IConnection stream) => Assert.True(_streams.Writer.TryWrite(stream));

    public void Break(Exception? error)
    {
        Failure = error;
        _ended.TrySetResult();
        _streams.Writer.TryComplete();
    }

    public ValueTask<IConnection> OpenAsync(CancellationToken cancellationToken) =>
        throw new InvalidOperationException("The server side opens nothing.");

    public async ValueTask<IConnection?> AcceptAsync(CancellationToken cancellationToken) =>
        await _streams.Reader.WaitToReadAsync(cancellationToken) && _streams.Reader.TryRead(out IConnection? stream) ? stream : null;

    public async ValueTask DisposeAsync()
    {
        Break(Failure);
        await carrier.DisposeAsync();
    }
}
