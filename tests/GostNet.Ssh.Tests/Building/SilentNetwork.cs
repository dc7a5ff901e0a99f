using System.Net;
using GostNet.Internal;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Building;

/// <summary>A network whose connections can fall silent: what the other side sends arrives no more, and nothing tells.</summary>
internal sealed class SilentNetwork(RecordingNetwork inner) : INetwork, IDialer
{
    private volatile bool _isSilent;

    public IDialer Dialer => this;

    public IDatagramDialer DatagramDialer => inner.DatagramDialer;

    /// <summary>Lets nothing more arrive over the connections that are open, or lets those that are dialled from now on be as they
    /// should.</summary>
    public bool IsSilent { get => _isSilent; set => _isSilent = value; }

    public async ValueTask<IConnection> DialAsync(HostEndPoint target, CancellationToken cancellationToken = default) =>
        new Connection(await inner.Dialer.DialAsync(target, cancellationToken), this);

    public ValueTask<IListener> ListenAsync(HostEndPoint endPoint, CancellationToken cancellationToken = default) =>
        inner.ListenAsync(endPoint, cancellationToken);

    public ValueTask<IDatagramListener> ListenDatagramsAsync(HostEndPoint endPoint, CancellationToken cancellationToken = default) =>
        inner.ListenDatagramsAsync(endPoint, cancellationToken);

    public ValueTask<IPAddress[]> ResolveAsync(HostEndPoint endPoint, CancellationToken cancellationToken = default) =>
        inner.ResolveAsync(endPoint, cancellationToken);

    private sealed class Connection(IConnection inner, SilentNetwork network) : IConnection
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Stream Stream => field ??= new Reader(inner.Stream, network, _ended.Task);

        public EndPoint? LocalEndPoint => inner.LocalEndPoint;

        public EndPoint? RemoteEndPoint => inner.RemoteEndPoint;

        public ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default) => inner.CompleteWritesAsync(cancellationToken);

        public void Abort()
        {
            _ended.TrySetException(new IOException("The connection was aborted."));
            inner.Abort();
        }

        public ValueTask DisposeAsync()
        {
            _ended.TrySetException(new ObjectDisposedException(nameof(Connection)));
            return inner.DisposeAsync();
        }
    }

    private sealed class Reader(Stream inner, SilentNetwork network, Task ended) : UnseekableStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = await inner.ReadAsync(buffer, cancellationToken);
            if (network.IsSilent)
            {
                await ended.WaitAsync(cancellationToken);
            }

            return count;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.WriteAsync(buffer, cancellationToken);
    }
}
