namespace GostNet.Protocols.Http;

/// <summary>A connection to a target, which requests to it can use one after the other.</summary>
internal sealed class HttpUpstream(IConnection connection, HostEndPoint target, TimeProvider time) : IAsyncDisposable
{
    // A server that hangs up on an idle connection may do so just when the next request is under way. One that cannot be repeated is
    // not sent unless the last answer came this short a time ago: no server is that impatient.
    private static readonly TimeSpan SureToLive = TimeSpan.FromSeconds(1);

    private Task<int>? _watch;
    private long _idleSince;

    public IConnection Connection { get; } = connection;

    public HostEndPoint Target { get; } = target;

    public HttpInput Input { get; } = new(connection.Stream);

    /// <summary>Whether an exchange has gone before.</summary>
    public bool IsUsed { get; private set; }

    /// <summary>Notes that an exchange has ended in good order, and watches for the target to hang up.</summary>
    public void Rest(CancellationToken cancellationToken)
    {
        IsUsed = true;
        _idleSince = time.GetTimestamp();
        Input.Rest();
        _watch = Input.BeginFill(cancellationToken);
    }

    /// <summary>Whether another request can be sent here. A target that has said something unasked is not to be trusted.</summary>
    public bool CanServe(HostEndPoint other, bool isRepeatable) =>
        Target.Equals(other) && _watch is { IsCompleted: false }
        && (isRepeatable || time.GetElapsedTime(_idleSince) < SureToLive);

    /// <summary>Ends it at once.</summary>
    public ValueTask AbortAsync()
    {
        Connection.Abort();
        return DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Input.StopAsync().ConfigureAwait(false);
        await Connection.DisposeAsync().ConfigureAwait(false);
        Input.Dispose();
    }
}
