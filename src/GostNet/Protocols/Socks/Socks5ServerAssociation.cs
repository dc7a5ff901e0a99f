using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using GostNet.Internal;

namespace GostNet.Protocols.Socks;

/// <summary>UDP ASSOCIATE: datagrams between the client's own port and the targets, as long as its connection stands (socks,
/// section 8.1).</summary>
/// <remarks>Only datagrams from the address that the connection comes from are taken, and once a good one came only those from its
/// port: GOST relays for everybody.</remarks>
internal sealed class Socks5ServerAssociation
{
    private readonly Socks5ServerClient _client;
    private readonly IDatagramListener _toClient;
    private readonly IDatagramListener _toTargets;
    private SocketAddress? _peer;

    private Socks5ServerAssociation(Socks5ServerClient client, IDatagramListener toClient, IDatagramListener toTargets)
    {
        _client = client;
        _toClient = toClient;
        _toTargets = toTargets;
    }

    public static async Task RunAsync(Socks5ServerClient client, CancellationToken cancellationToken)
    {
        HostEndPoint near = new(client.ServerAddress?.ToString() ?? "", 0);
        (IDatagramListener toClient, IDatagramListener toTargets) = await client.OpenAsync(
            client.Host.AssociateAsync(near, cancellationToken), Socks5ServerReplies.ForListening, cancellationToken)
            .ConfigureAwait(false);
        await using (toClient.ConfigureAwait(false))
        await using (toTargets.ConfigureAwait(false))
        {
            await client.ReplyBoundAsync(toClient.LocalEndPoint, cancellationToken).ConfigureAwait(false);
            Socks5ServerAssociation association = new(client, toClient, toTargets);
            await Jobs.RunUntilFirstEndsAsync(
                cancellationToken, association.WaitForEndAsync, association.SendAsync, association.ReceiveAsync).ConfigureAwait(false);
        }
    }

    /// <summary>The connection carries nothing; what comes is thrown away.</summary>
    private async Task WaitForEndAsync(CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[64];
        while (await _client.Connection.Stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) > 0)
        {
        }
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(Socks5DatagramCodec.MaxDatagramSize);
        SocketAddress source = _toClient.CreateAddress();
        var sender = new Socks5DatagramSender(_toTargets, _client.Host, _client.IsGost);
        await using (sender.ConfigureAwait(false))
        {
            while (await _toClient.ReceiveFromAsync(buffer, source, cancellationToken).ConfigureAwait(false) is var size and >= 0)
            {
                string? problem = Check(source, buffer.AsSpan(0, size), out int headerLength);
                if (problem is not null)
                {
                    _client.Host.DropDatagram(size, problem);
                    continue;
                }

                await sender.SendAsync(
                    buffer.AsSpan(Socks5DatagramCodec.PrefixLength..headerLength), buffer.AsMemory(headerLength..size), cancellationToken)
                    .ConfigureAwait(false);
            }
        }
    }

    /// <summary>Says why a datagram is none of the client's, or not one that can be relayed. The first good one tells its port.</summary>
    private string? Check(SocketAddress source, ReadOnlySpan<byte> datagram, out int headerLength)
    {
        SocketAddress? peer = _peer;
        headerLength = 0;
        if (peer is not null ? !peer.Equals(source) : !IsClient(source))
        {
            return "it is not the client's";
        }

        if (Socks5DatagramCodec.ReadHeaderLength(datagram, out headerLength) != OperationStatus.Done)
        {
            return "its header is not whole, or of an unknown type";
        }

        if (BinaryPrimitives.ReadUInt16BigEndian(datagram) != 0)
        {
            return "its RSV is not 0";
        }

        if (datagram[2] != 0)
        {
            return "it is a fragment";
        }

        if (peer is null)
        {
            peer = _toClient.CreateAddress();
            source.CopyTo(peer);
            Volatile.Write(ref _peer, peer);
        }

        return null;
    }

    private bool IsClient(SocketAddress source) =>
        _client.Address is not { } address
        || (_toClient.GetEndPoint(source) is IPEndPoint from && Socks5ServerClient.Unmap(from.Address).Equals(address));

    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        Socks5DatagramReceiver receiver = new(_toTargets);
        while (await receiver.ReceiveAsync(cancellationToken).ConfigureAwait(false) is var size and >= 0)
        {
            SocketAddress? peer = Volatile.Read(ref _peer);
            string? problem = peer is null ? "the client has not sent any yet"
                : !receiver.TryFrame(size, reserved: 0, out ReadOnlyMemory<byte> frame) ? "its source cannot be told"
                : frame.Length > Socks5DatagramCodec.MaxPayload ? "it is too large with its header"
                : await TrySendAsync(frame, peer, cancellationToken).ConfigureAwait(false);
            if (problem is null)
            {
                _client.Host.CountBytes(fromClient: false, size);
            }
            else
            {
                _client.Host.DropDatagram(size, problem);
            }
        }
    }

    private async ValueTask<string?> TrySendAsync(ReadOnlyMemory<byte> frame, SocketAddress peer, CancellationToken cancellationToken)
    {
        try
        {
            await _toClient.SendToAsync(frame, peer, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (IOException e)
        {
            return e.Message;
        }
    }
}
