using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace GostNet.Testing;

/// <summary>A listener of an in-memory network.</summary>
/// <remarks>Its backlog holds connections, and <see langword="null"/> for each accept that is to fail.</remarks>
internal sealed class InMemoryListener(InMemoryAddress address, InMemoryPorts<InMemoryListener> ports) : IListener
{
    public const int Backlog = 512;

    private readonly Channel<InMemoryConnection?> _backlog = Channel.CreateBounded<InMemoryConnection?>(Backlog);

    public EndPoint LocalEndPoint { get; } = address.ToEndPoint();

    public async ValueTask<IConnection?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _backlog.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_backlog.Reader.TryRead(out InMemoryConnection? connection))
            {
                return connection ?? throw new IOException(
                    $"Nothing can be accepted on {LocalEndPoint} just now.", new SocketException((int)SocketError.TooManyOpenSockets));
            }
        }

        return null;
    }

    /// <summary>Hands over a connection, or tells that the listener is closed.</summary>
    public async ValueTask<bool> TryConnectAsync(InMemoryConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await _backlog.Writer.WriteAsync(connection, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (ChannelClosedException)
        {
            return false;
        }
    }

    public void FailAccepts(int times)
    {
        for (int i = 0; i < times; i++)
        {
            if (!_backlog.Writer.TryWrite(null))
            {
                throw new InvalidOperationException($"The backlog of {LocalEndPoint} is closed or full, with {Backlog} entries.");
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        if (_backlog.Writer.TryComplete())
        {
            ports.Release(address);
            while (_backlog.Reader.TryRead(out InMemoryConnection? connection))
            {
                connection?.Abort();
            }
        }

        return ValueTask.CompletedTask;
    }
}
