using System.Buffers;
using System.Buffers.Binary;
using GostNet.Internal;

namespace GostNet.Protocols.Socks;

/// <summary>The UDP tunnel: datagrams between the client's connection and one port (socks, section 8.2).</summary>
/// <remarks>Frames from the client are read whole up to the largest datagram. Frames to it hold
/// <see cref="Socks5ServerOptions.MaxTunnelDatagramSize"/> at most, and are never empty: both would harm a GOST client.</remarks>
internal sealed class Socks5ServerTunnel
{
    private readonly Socks5ServerClient _client;
    private readonly IDatagramListener _port;
    private readonly TaskCompletionSource _clientSpoke = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Socks5ServerTunnel(Socks5ServerClient client, IDatagramListener port)
    {
        _client = client;
        _port = port;
    }

    public static async Task RunAsync(Socks5ServerClient client, HostEndPoint address, CancellationToken cancellationToken)
    {
        ValueTask<IDatagramListener> opening = client.Host.ListenDatagramsAsync(Socks5ServerBind.ToListen(address), cancellationToken);
        IDatagramListener port = await client.OpenAsync(
            opening, Socks5ServerReplies.ForListening, cancellationToken).ConfigureAwait(false);
        await using (port.ConfigureAwait(false))
        {
            await client.ReplyBoundAsync(port.LocalEndPoint, cancellationToken).ConfigureAwait(false);
            Socks5ServerTunnel tunnel = new(client, port);
            await Jobs.RunUntilFirstEndsAsync(cancellationToken, tunnel.ReadFramesAsync, tunnel.WriteFramesAsync).ConfigureAwait(false);
        }
    }

    private async Task ReadFramesAsync(CancellationToken cancellationToken)
    {
        var sender = new Socks5DatagramSender(_port, _client.Host, _client.IsGost);
        await using (sender.ConfigureAwait(false))
        {
            Stream stream = _client.Connection.Stream;
            while (true)
            {
                await stream.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false); // a silent client costs no buffer
                byte[] buffer = ArrayPool<byte>.Shared.Rent(Socks5DatagramCodec.MaxHeaderLength + Socks5DatagramCodec.MaxDatagramSize);
                try
                {
                    if (!await ReadFramesAsync(stream, buffer, sender, cancellationToken).ConfigureAwait(false))
                    {
                        return;
                    }
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }
        }
    }

    /// <summary>Reads frames until the last one is whole.</summary>
    /// <returns>Whether more may come.</returns>
    private async ValueTask<bool> ReadFramesAsync(
        Stream stream, byte[] buffer, Socks5DatagramSender sender, CancellationToken cancellationToken)
    {
        int start = 0;
        int end = 0;
        do
        {
            int count = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                return start == end ? false
                    : throw _client.Exchange.Failure(ForwardError.ConnectionClosed, "ended its tunnel inside of a frame");
            }

            _clientSpoke.TrySetResult();
            end += count;
            while (TryReadFrame(buffer.AsSpan(start..end), out int headerLength, out int length))
            {
                await sender.SendAsync(
                    buffer.AsSpan(start..(start + headerLength))[Socks5DatagramCodec.PrefixLength..],
                    buffer.AsMemory(start + headerLength, length - headerLength),
                    cancellationToken).ConfigureAwait(false);
                start += length;
            }

            buffer.AsSpan(start..end).CopyTo(buffer);
            end -= start;
            start = 0;
        }
        while (end > 0);
        return true;
    }

    /// <summary>Finds the end of a frame. Its FRAG means nothing: GOST 3 sends FF.</summary>
    private bool TryReadFrame(ReadOnlySpan<byte> source, out int headerLength, out int length)
    {
        length = 0;
        OperationStatus status = Socks5DatagramCodec.ReadHeaderLength(source, out headerLength);
        if (status == OperationStatus.InvalidData)
        {
            throw _client.Exchange.Failure(
                ForwardError.ProtocolError, "sent a frame to an address of a type that does not exist, behind which nothing can be found");
        }

        if (status == OperationStatus.NeedMoreData)
        {
            return false;
        }

        length = headerLength + BinaryPrimitives.ReadUInt16BigEndian(source); // RSV of 0 is an empty datagram
        return length <= source.Length;
    }

    private async Task WriteFramesAsync(CancellationToken cancellationToken)
    {
        await _client.HoldBackAsync(_clientSpoke.Task, cancellationToken).ConfigureAwait(false);
        Socks5DatagramReceiver receiver = new(_port);
        while (await receiver.ReceiveAsync(cancellationToken).ConfigureAwait(false) is var size and >= 0)
        {
            ReadOnlyMemory<byte> frame = default;
            string? problem = size == 0 ? "an empty one would stop a GOST client"
                : size > _client.Options.MaxTunnelDatagramSize ? "it is larger than a GOST client takes"
                : !receiver.TryFrame(size, reserved: size, out frame) ? "its source cannot be told"
                : null;
            if (problem is not null)
            {
                _client.Host.DropDatagram(size, problem);
                continue;
            }

            await _client.Exchange.SendAsync(frame, cancellationToken).ConfigureAwait(false);
            _client.Host.CountBytes(fromClient: false, size);
        }
    }
}
