namespace GostNet.Protocols.Socks;

/// <summary>The ports that several control connections of one client listen on together.</summary>
/// <remarks>
/// <para>One control connection of an mbind is one TCP stream: a peer that does not read holds up all the others of it. So a GostNet client
/// may bind its port over several. That they belong together they say in RSV of their requests, which GOST and the standards write as 0
/// and nobody reads (socks, section 5): a number from 1 that the client chose for this port. The peers go to the control connections in
/// turn. With plain BIND it keeps the port open between two peers.</para>
/// <para>Only requests with the same number, from the same address and with the same user name share a port. Everybody else is told that
/// it is taken, as ever.</para>
/// </remarks>
internal sealed class Socks5SharedPorts
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Socks5PortKey, SharedPort> _ports = [];

    /// <summary>Listens, or joins those who do already.</summary>
    /// <param name="key">Whose port it is. Port 0 is always a new one, which can be joined under the number that it got.</param>
    /// <param name="listen">Begins to listen.</param>
    public async ValueTask<IListener> ListenAsync(Socks5PortKey key, Func<ValueTask<IListener>> listen)
    {
        SharedPort? port;
        lock (_gate)
        {
            if (_ports.TryGetValue(key, out port))
            {
                port.Users++;
            }
        }

        if (port is not null)
        {
            return new Share(this, port);
        }

        IListener listener = await listen().ConfigureAwait(false);
        if (listener.LocalEndPoint is System.Net.IPEndPoint bound)
        {
            key = key with { Address = new HostEndPoint(key.Address.Host, bound.Port) };
        }

        port = new SharedPort(key, listener);
        lock (_gate)
        {
            _ports[key] = port;
        }

        return new Share(this, port);
    }

    private async ValueTask LeaveAsync(SharedPort port)
    {
        lock (_gate)
        {
            if (--port.Users > 0)
            {
                return;
            }

            _ports.Remove(port.Key);
        }

        await port.Listener.DisposeAsync().ConfigureAwait(false);
    }

    private sealed class SharedPort(Socks5PortKey key, IListener listener)
    {
        public Socks5PortKey Key { get; } = key;

        public IListener Listener { get; } = listener;

        /// <summary>How many listen. Changed under the lock.</summary>
        public int Users { get; set; } = 1;
    }

    /// <summary>What one of those who listen has of it. The last one closes the port.</summary>
    private sealed class Share(Socks5SharedPorts owner, SharedPort port) : IListener
    {
        private int _disposed;

        public System.Net.EndPoint LocalEndPoint => port.Listener.LocalEndPoint;

        public ValueTask<IConnection?> AcceptAsync(CancellationToken cancellationToken = default) =>
            Volatile.Read(ref _disposed) != 0 ? new((IConnection?)null) : port.Listener.AcceptAsync(cancellationToken);

        public ValueTask DisposeAsync() =>
            Interlocked.Exchange(ref _disposed, 1) == 0 ? owner.LeaveAsync(port) : ValueTask.CompletedTask;
    }
}
