using System.Net;
using System.Threading.Channels;
using GostNet.Testing;

namespace GostNet.Tests.Shared;

/// <summary>A node of a chain that listens on behalf of whoever holds a connection to it, as a SOCKS server does.</summary>
internal sealed class FarEnd : IBindConnector, IDatagramConnector, IAsyncDisposable
{
    /// <summary>Where the node is.</summary>
    public static readonly Node Node = new(new HostEndPoint("node", 1080), "far end");

    private readonly InMemoryNetwork _network;
    private readonly Channel<IConnection> _control = Channel.CreateUnbounded<IConnection>();
    private IListener? _listener;
    private Task _accepting = Task.CompletedTask;

    public FarEnd(InMemoryNetwork network) => _network = network;

    /// <summary>How many times it was asked to listen.</summary>
    public int Binds { get; private set; }

    /// <summary>What it answers instead of listening.</summary>
    public ForwardException? Refusal { get; set; }

    /// <summary>Begins to accept connections to the node.</summary>
    public async Task StartAsync()
    {
        _listener = await _network.ListenAsync(Node.Address);
        _accepting = AcceptAsync(_listener);
    }

    /// <summary>The next connection to the node, from the node's side. Aborting it is the node's sudden end.</summary>
    public Task<IConnection> NextControlAsync() => _control.Reader.ReadAsync().OrFail();

    /// <summary>Accepts no more: whoever dials the node is refused.</summary>
    public async Task StopAsync()
    {
        await _listener!.DisposeAsync();
        await _accepting;
    }

    public ValueTask<IConnection> ConnectAsync(IConnection node, HostEndPoint target, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("A remote forward dials its targets itself.");

    public async ValueTask<IListener> ListenAsync(
        Func<CancellationToken, ValueTask<IConnection>> openNode, HostEndPoint endPoint, CancellationToken cancellationToken = default)
    {
        IConnection control = await AskAsync(openNode, cancellationToken);
        return new Listener(await _network.ListenAsync(endPoint, cancellationToken), control);
    }

    public async ValueTask<IDatagramListener> ListenDatagramsAsync(
        Func<CancellationToken, ValueTask<IConnection>> openNode, HostEndPoint endPoint, CancellationToken cancellationToken = default)
    {
        IConnection control = await AskAsync(openNode, cancellationToken);
        return new DatagramListener(await _network.ListenDatagramsAsync(endPoint, cancellationToken), control);
    }

    public async ValueTask<IDatagramSocket> ConnectDatagramsAsync(
        Func<CancellationToken, ValueTask<IConnection>> openNode, HostEndPoint target, CancellationToken cancellationToken = default)
    {
        await using IConnection control = await AskAsync(openNode, cancellationToken);
        return await _network.DatagramDialer.DialAsync(target, cancellationToken);
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task<IConnection> AskAsync(Func<CancellationToken, ValueTask<IConnection>> openNode, CancellationToken cancellationToken)
    {
        IConnection control = await openNode(cancellationToken);
        Binds++;
        if (Refusal is { } refusal)
        {
            await control.DisposeAsync();
            throw refusal;
        }

        return control;
    }

    private async Task AcceptAsync(IListener listener)
    {
        while (await listener.AcceptAsync() is { } control)
        {
            _control.Writer.TryWrite(control);
        }
    }

    /// <summary>Waits until the connection to the node has ended.</summary>
    private static async Task EndOfAsync(IConnection control)
    {
        try
        {
            _ = await control.Stream.ReadAsync(new byte[1]);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // That is an end, too.
        }
    }

    private sealed class Listener(IListener inner, IConnection control) : IListener
    {
        private readonly Task _lost = EndOfAsync(control);
        private volatile bool _disposed;

        public EndPoint LocalEndPoint => inner.LocalEndPoint;

        public async ValueTask<IConnection?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            Task<IConnection?> accepting = inner.AcceptAsync(cancellationToken).AsTask();
            if (await Task.WhenAny(accepting, _lost) == accepting || _disposed)
            {
                return await accepting;
            }

            await inner.DisposeAsync();
            throw new ForwardException(ForwardError.ConnectionClosed, "The far end has gone.") { Node = Node.Name };
        }

        public async ValueTask DisposeAsync()
        {
            _disposed = true;
            await inner.DisposeAsync();
            await control.DisposeAsync();
        }
    }

    private sealed class DatagramListener(IDatagramListener inner, IConnection control) : IDatagramListener
    {
        private readonly Task _lost = EndOfAsync(control);
        private volatile bool _disposed;

        public EndPoint LocalEndPoint => inner.LocalEndPoint;

        public async ValueTask<int> ReceiveFromAsync(
            Memory<byte> buffer, SocketAddress source, CancellationToken cancellationToken = default)
        {
            Task<int> receiving = inner.ReceiveFromAsync(buffer, source, cancellationToken).AsTask();
            if (await Task.WhenAny(receiving, _lost) == receiving || _disposed)
            {
                return await receiving;
            }

            await inner.DisposeAsync();
            throw new ForwardException(ForwardError.ConnectionClosed, "The far end has gone.") { Node = Node.Name };
        }

        public ValueTask SendToAsync(
            ReadOnlyMemory<byte> datagram, SocketAddress destination, CancellationToken cancellationToken = default) =>
            inner.SendToAsync(datagram, destination, cancellationToken);

        public SocketAddress CreateAddress() => inner.CreateAddress();

        public EndPoint GetEndPoint(SocketAddress address) => inner.GetEndPoint(address);

        public SocketAddress GetAddress(IPEndPoint endPoint) => inner.GetAddress(endPoint);

        public async ValueTask DisposeAsync()
        {
            _disposed = true;
            await inner.DisposeAsync();
            await control.DisposeAsync();
        }
    }
}
