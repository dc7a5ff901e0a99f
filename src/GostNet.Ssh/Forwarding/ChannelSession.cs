using GostNet.Ssh.Sessions;

namespace GostNet.Ssh.Forwarding;

/// <summary>An SSH connection as a session of connections, of whatever kind.</summary>
/// <param name="connection">The connection, which the session owns.</param>
internal abstract class ChannelSession(ISshConnection connection) : IMultiplexSession
{
    public Task Completion => connection.Completion;

    public Exception? Failure => connection.Error;

    public bool CanOpen => connection.CanOpen;

    /// <summary>What carries the session.</summary>
    protected ISshConnection Connection => connection;

    public abstract ValueTask<IConnection> OpenAsync(CancellationToken cancellationToken);

    public abstract ValueTask<IConnection?> AcceptAsync(CancellationToken cancellationToken);

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    /// <summary>Waits for the end: nothing is opened from the other side but what was asked for.</summary>
    protected async ValueTask<IConnection?> AcceptNothingAsync(CancellationToken cancellationToken)
    {
        await Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
        return null;
    }
}
