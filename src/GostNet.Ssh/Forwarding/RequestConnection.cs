using System.Net;

namespace GostNet.Ssh.Forwarding;

/// <summary>A connection that may become a channel: one that is yet to be asked for, or yet to be confirmed.</summary>
/// <param name="localEndPoint">The near end of the connection below.</param>
/// <param name="remoteEndPoint">The far end of the connection below.</param>
internal abstract class RequestConnection(EndPoint? localEndPoint, EndPoint? remoteEndPoint) : IConnection
{
    private readonly Lock _gate = new();
    private IConnection? _channel;
    private bool _isAborted;
    private bool _isDisposed;

    public Stream Stream => Channel.Stream;

    public EndPoint? LocalEndPoint => Volatile.Read(ref _channel)?.LocalEndPoint ?? localEndPoint;

    public EndPoint? RemoteEndPoint => Volatile.Read(ref _channel)?.RemoteEndPoint ?? remoteEndPoint;

    private IConnection Channel => Volatile.Read(ref _channel)
        ?? throw new InvalidOperationException("The connection leads nowhere yet.");

    public ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default) => Channel.CompleteWritesAsync(cancellationToken);

    public void Abort()
    {
        IConnection? channel;
        lock (_gate)
        {
            _isAborted = true;
            channel = _channel;
        }

        channel?.Abort();
        Ended();
    }

    public async ValueTask DisposeAsync()
    {
        IConnection? channel;
        lock (_gate)
        {
            _isDisposed = true;
            channel = _channel;
        }

        if (channel is not null)
        {
            await channel.DisposeAsync().ConfigureAwait(false);
        }

        Ended();
    }

    /// <summary>Becomes a channel.</summary>
    /// <returns>False if it was aborted or disposed of before: the channel stays the caller's.</returns>
    protected bool TryBecome(IConnection channel)
    {
        lock (_gate)
        {
            if (_isAborted || _isDisposed)
            {
                return false;
            }

            Volatile.Write(ref _channel, channel);
            return true;
        }
    }

    /// <summary>It was aborted or disposed of, perhaps not for the first time.</summary>
    protected virtual void Ended()
    {
    }
}
