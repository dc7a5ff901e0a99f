using GostNet.Protocols.Socks;

namespace GostNet.Protocols.Shadowsocks;

/// <summary>Reaches targets through a Shadowsocks server (proxies, section 5).</summary>
/// <remarks>The server answers nothing: whether it reaches the target, or knows the key, is seen from what comes afterwards.</remarks>
internal sealed class ShadowsocksConnector : IDatagramConnector
{
    private readonly Node _node;
    private readonly ShadowsocksKey _key;
    private readonly ShadowsocksConnectorSettings _settings;

    /// <summary>Makes a connector for one node.</summary>
    /// <param name="node">The server. Datagrams go to its address.</param>
    /// <param name="key">The key.</param>
    /// <param name="settings">How it is spoken to; as a standard server for connections if <see langword="null"/>.</param>
    public ShadowsocksConnector(Node node, ShadowsocksKey key, ShadowsocksConnectorSettings? settings = null)
    {
        _node = node;
        _key = key;
        _settings = settings ?? new();
    }

    public bool CanConnectDatagrams => _settings.DatagramsOverStream || _settings.DatagramDialer is not null;

    public bool CanListenForDatagrams => false;

    /// <inheritdoc/>
    public ValueTask<IConnection> ConnectAsync(IConnection node, HostEndPoint target, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(target);
        cancellationToken.ThrowIfCancellationRequested();
        if (target is not { Port: > 0, Host.Length: > 0 })
        {
            throw new ForwardException(ForwardError.AddressNotSupported, $"Shadowsocks has no way to ask for {target}.")
            {
                Node = _node.Name,
                Target = target,
                IsTargetFault = true,
            };
        }

        Span<byte> address = stackalloc byte[Socks5Address.MaxLength];
        address = address[..Socks5Address.Write(address, target)];
        return new(ShadowsocksConnection.Open(node, _key, _node.Name, address.ToArray(), _settings.Time));
    }

    /// <inheritdoc/>
    /// <remarks>A name goes to the server as it is.</remarks>
    public async ValueTask<IDatagramSocket> ConnectDatagramsAsync(
        Func<CancellationToken, ValueTask<IConnection>> openNode, HostEndPoint target, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(openNode);
        ArgumentNullException.ThrowIfNull(target);
        var source = new Socks5Source(target);
        if (_settings.DatagramsOverStream)
        {
            IConnection carrier = await openNode(cancellationToken).ConfigureAwait(false);
            var connection = ShadowsocksConnection.Open(carrier, _key, _node.Name, [], _settings.Time);
            NodeExchange exchange = new("Shadowsocks", _node.Name, target, connection.Stream);
            return new Socks5TunnelSocket(new(new(connection, exchange, Bound: null, Refusal: null), _settings.LargeDatagrams), source);
        }

        IDatagramDialer dialer = _settings.DatagramDialer
            ?? throw Unsupported(target, "datagrams cannot go through it: they would go to it directly, past the nodes before it");
        return new ShadowsocksDatagramSocket(
            await dialer.DialAsync(_node.Address, cancellationToken).ConfigureAwait(false), _key, source);
    }

    /// <inheritdoc/>
    /// <remarks>The protocol has no way to ask for it.</remarks>
    public ValueTask<IDatagramListener> ListenDatagramsAsync(
        Func<CancellationToken, ValueTask<IConnection>> openNode, HostEndPoint endPoint, CancellationToken cancellationToken = default) =>
        throw Unsupported(endPoint, "it cannot listen for datagrams; a SOCKS5 server of GOST or GostNet can");

    private ForwardException Unsupported(HostEndPoint target, string why) =>
        new(ForwardError.CommandNotSupported, $"Shadowsocks server {_node.Name}, asked for {target}: {why}.")
        {
            Node = _node.Name,
            Target = target,
        };
}
