using System.Net;
using System.Runtime.CompilerServices;
using GostNet.Protocols.Socks;

namespace GostNet.Protocols.Shadowsocks;

/// <summary>Where the datagrams of one client of a Shadowsocks server go, and come from: any number of targets, by one port. Each begins
/// with an address, as for <see cref="ShadowsocksDatagramListener"/>.</summary>
/// <remarks>Targets are resolved, and allowed, by the host. What cannot go is dropped and counted by it; nothing of it ends the
/// flow.</remarks>
internal sealed class ShadowsocksTargetSocket : IDatagramSocket
{
    /// <summary>An IPv6 address. Behind a space of this size datagrams are received, so that they have not to be moved for most
    /// sources.</summary>
    private const int HeaderSpace = 1 + 16 + 2;

    private readonly IDatagramListener _port;
    private readonly Socks5DatagramSender _sender;
    private readonly Socks5SourceAddress _source;
    private readonly IDatagramHost _host;
    private bool _isDisposed;

    /// <param name="port">Where datagrams go out, and their answers arrive. It is disposed of with the socket.</param>
    /// <param name="host">Resolves targets, applies the rules, and counts.</param>
    public ShadowsocksTargetSocket(IDatagramListener port, IDatagramHost host)
    {
        _port = port;
        _host = host;
        _sender = new(port, host, takesEmptyHost: false);
        _source = new(port);
    }

    public EndPoint? LocalEndPoint => _port.LocalEndPoint;

    /// <remarks>A port that is open to everybody cannot be waited for without a buffer.</remarks>
    public ValueTask WaitToReceiveAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (await _port.ReceiveFromAsync(buffer[HeaderSpace..], _source.Address, cancellationToken).ConfigureAwait(false)
            is var size and >= 0)
        {
            ReadOnlySpan<byte> header = _source.Header;
            if (header.IsEmpty || header.Length + size > buffer.Length)
            {
                _host.DropDatagram(size, header.IsEmpty ? "its source cannot be told" : "it is too large with its header");
                continue;
            }

            buffer.Span.Slice(HeaderSpace, size).CopyTo(buffer.Span[header.Length..]);
            header.CopyTo(buffer.Span);
            _host.CountBytes(fromClient: false, size);
            return header.Length + size;
        }

        return -1;
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken = default)
    {
        Socks5Address.ReadLength(datagram.Span, out int length); // the listener has seen that it is whole
        return _sender.SendAsync(datagram.Span[..length], datagram[length..], cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        await _port.DisposeAsync().ConfigureAwait(false);
        await _sender.DisposeAsync().ConfigureAwait(false);
    }
}
