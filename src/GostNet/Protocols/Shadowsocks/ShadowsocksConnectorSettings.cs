namespace GostNet.Protocols.Shadowsocks;

/// <summary>How a Shadowsocks server is spoken to, beyond the key.</summary>
internal sealed record ShadowsocksConnectorSettings
{
    /// <summary>Opens the socket that datagrams go to the server from; <see langword="null"/> if they cannot go straight to it, or must
    /// not, because it is reached through other nodes.</summary>
    public IDatagramDialer? DatagramDialer { get; init; }

    /// <summary>Whether datagrams go to the server over connections, as frames of the UDP tunnel inside of the cipher: GOST 2.12's
    /// <c>ssu</c> over a transport that is a stream. No other server knows that, and none says so.</summary>
    public bool DatagramsOverStream { get; init; }

    /// <summary>Whether datagrams larger than <see cref="Socks.Socks5Tunnel.MaxCommonDatagram"/> go over such a connection.</summary>
    public bool LargeDatagrams { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
