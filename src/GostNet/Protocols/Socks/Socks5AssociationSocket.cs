using System.Buffers;
using System.Net;

namespace GostNet.Protocols.Socks;

/// <summary>Datagrams to and from one target through a UDP association (RFC 1928, section 7), which lives as long as its control
/// connection.</summary>
internal sealed class Socks5AssociationSocket : IDatagramSocket
{
    private const int BufferSize = 65_535;

    private readonly Socks5Answer _answer;
    private readonly IDatagramSocket _relay;
    private readonly Socks5Source _target;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _watch;
    private volatile bool _disposed;

    /// <summary>Takes over an association.</summary>
    /// <param name="answer">The control connection.</param>
    /// <param name="relay">A socket to the server's relay.</param>
    /// <param name="target">The target.</param>
    public Socks5AssociationSocket(Socks5Answer answer, IDatagramSocket relay, Socks5Source target)
    {
        _answer = answer;
        _relay = relay;
        _target = target;
        _watch = WatchAsync();
    }

    public EndPoint? LocalEndPoint => _relay.LocalEndPoint;

    public ValueTask WaitToReceiveAsync(CancellationToken cancellationToken = default) => _relay.WaitToReceiveAsync(cancellationToken);

    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            await _relay.WaitToReceiveAsync(cancellationToken).ConfigureAwait(false);
            byte[] space = ArrayPool<byte>.Shared.Rent(BufferSize);
            try
            {
                int size = await _relay.ReceiveAsync(space, cancellationToken).ConfigureAwait(false);
                if (size < 0)
                {
                    return _disposed ? -1 : throw _answer.Exchange.Failure(ForwardError.ConnectionClosed, "ended the UDP association");
                }

                if (TryRead(space.AsMemory(0, size), out ReadOnlyMemory<byte> datagram))
                {
                    return DatagramBuffer.Copy(datagram, buffer);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(space);
            }
        }
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken = default)
    {
        int headerLength = Socks5DatagramCodec.PrefixLength + _target.Target.Length;
        byte[] space = ArrayPool<byte>.Shared.Rent(headerLength + datagram.Length);
        try
        {
            space.AsSpan(0, Socks5DatagramCodec.PrefixLength).Clear();
            _target.Target.CopyTo(space.AsSpan(Socks5DatagramCodec.PrefixLength));
            datagram.CopyTo(space.AsMemory(headerLength));
            await _relay.SendAsync(space.AsMemory(0, headerLength + datagram.Length), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(space);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _closing.CancelAsync().ConfigureAwait(false);
        await _watch.ConfigureAwait(false);
        await _answer.Connection.DisposeAsync().ConfigureAwait(false);
        _closing.Dispose();
    }

    /// <summary>Takes the header off. What is short, a fragment, reserved for later, or a stranger's is dropped.</summary>
    private bool TryRead(ReadOnlyMemory<byte> packet, out ReadOnlyMemory<byte> datagram)
    {
        datagram = default;
        const int Prefix = Socks5DatagramCodec.PrefixLength;
        if (packet.Length <= Prefix || packet.Span is not [0, 0, 0, ..]
            || Socks5Address.ReadLength(packet.Span[Prefix..], out int length) != OperationStatus.Done
            || !_target.Matches(packet.Span.Slice(Prefix, length)))
        {
            return false;
        }

        datagram = packet[(Prefix + length)..];
        return true;
    }

    /// <summary>Waits for the end of the control connection, on which nothing else is to come, and then closes the relay's socket.</summary>
    private async Task WatchAsync()
    {
        byte[] nothing = new byte[1];
        try
        {
            while (await _answer.Connection.Stream.ReadAsync(nothing, _closing.Token).ConfigureAwait(false) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // An end as good as any.
        }

        await _relay.DisposeAsync().ConfigureAwait(false);
    }
}
