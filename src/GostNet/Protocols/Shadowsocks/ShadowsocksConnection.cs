using System.Net;

namespace GostNet.Protocols.Shadowsocks;

/// <summary>Shadowsocks over another connection, as the client or as the server. It ends one direction as the connection below does: the
/// protocol has no end of its own.</summary>
internal sealed class ShadowsocksConnection : IConnection
{
    private readonly IConnection _carrier;
    private readonly ShadowsocksStream _stream;
    private readonly bool _ownsCarrier;

    private ShadowsocksConnection(
        IConnection carrier, ShadowsocksKey key, string? node, byte[] address, TimeProvider time, bool ownsCarrier, Action<byte[]>? salt)
    {
        _carrier = carrier;
        _ownsCarrier = ownsCarrier;
        _stream = new(new(carrier.Stream, key, node), new(carrier.Stream, key, salt), address, time);
    }

    public Stream Stream => _stream;

    public EndPoint? LocalEndPoint => _carrier.LocalEndPoint;

    public EndPoint? RemoteEndPoint => _carrier.RemoteEndPoint;

    /// <summary>The salt or IV that the peer has chosen, once something was read.</summary>
    public byte[]? PeerSalt => _stream.PeerSalt;

    /// <summary>Makes the client's side.</summary>
    /// <param name="carrier">The connection to the server, which the result owns.</param>
    /// <param name="key">The key.</param>
    /// <param name="node">The server's name, for failures.</param>
    /// <param name="address">What it is asked for, from ATYP to port; nothing for what begins without.</param>
    /// <param name="time">The clock.</param>
    /// <param name="salt">Chooses the salt; at random if <see langword="null"/>.</param>
    public static ShadowsocksConnection Open(
        IConnection carrier, ShadowsocksKey key, string node, byte[] address, TimeProvider time, Action<byte[]>? salt = null) =>
        new(carrier, key, node, address, time, ownsCarrier: true, salt);

    /// <summary>Makes the server's side. The address is the first that is read.</summary>
    /// <param name="carrier">The connection to the client, which stays the caller's.</param>
    /// <param name="key">The key.</param>
    /// <param name="time">The clock.</param>
    /// <param name="salt">Chooses the salt; at random if <see langword="null"/>.</param>
    public static ShadowsocksConnection Accept(
        IConnection carrier, ShadowsocksKey key, TimeProvider time, Action<byte[]>? salt = null) =>
        new(carrier, key, node: null, [], time, ownsCarrier: false, salt);

    public async ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default)
    {
        await _stream.CompleteWritesAsync(cancellationToken).ConfigureAwait(false);
        await _carrier.CompleteWritesAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Abort()
    {
        _stream.StopTimer();
        _carrier.Abort();
    }

    public async ValueTask DisposeAsync()
    {
        _stream.StopTimer();
        if (_ownsCarrier)
        {
            await _carrier.DisposeAsync().ConfigureAwait(false); // first: ends what is in flight
        }

        await _stream.DisposeAsync().ConfigureAwait(false);
    }
}
