using GostNet.Transports;

namespace GostNet.Interop.Tests.Tunnels;

/// <summary>This machine's sockets, where every name is this machine: for a proxy that knows the hosts of the tests.</summary>
internal sealed class LoopbackNames : INetwork, IDialer
{
    private readonly SocketNetwork _sockets = new();
    private readonly Lock _gate = new();
    private readonly List<HostEndPoint> _dialed = [];

    public IDialer Dialer => this;

    public IDatagramDialer DatagramDialer => _sockets.DatagramDialer;

    /// <summary>What was dialled, in order.</summary>
    public IReadOnlyList<HostEndPoint> Dialed
    {
        get
        {
            lock (_gate)
            {
                return [.. _dialed];
            }
        }
    }

    public ValueTask<IConnection> DialAsync(HostEndPoint target, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            _dialed.Add(target);
        }

        return _sockets.Dialer.DialAsync(new("127.0.0.1", target.Port), cancellationToken);
    }

    public ValueTask<IListener> ListenAsync(HostEndPoint endPoint, CancellationToken cancellationToken = default) =>
        _sockets.ListenAsync(endPoint, cancellationToken);

    public ValueTask<IDatagramListener> ListenDatagramsAsync(HostEndPoint endPoint, CancellationToken cancellationToken = default) =>
        _sockets.ListenDatagramsAsync(endPoint, cancellationToken);
}
