using System.Buffers;
using System.Text;
using GostNet.Internal;
using GostNet.Internal.Http;

namespace GostNet.Transports.Obfuscation;

/// <summary>The client's stream: the heads go first, and from then on it is the stream below.</summary>
internal sealed class HttpObfuscationStream : ObfuscationStream
{
    private const int InitialLength = 4 * 1024;

    // Of a larger first payload the rest follows in a write of its own: nobody sees where the segments end.
    private const int MaxFirstPayload = 64 * 1024;

    private readonly TimeProvider _time;
    private byte[]? _request;
    private byte[]? _buffer;
    private int _start;
    private int _end;
    private long _headBegan;
    private bool _isOpen;

    public HttpObfuscationStream(IConnection carrier, byte[] request, TimeProvider time)
        : base(carrier)
    {
        _request = request;
        _time = time;
        GreetInTime(time);
    }

    public override bool IsTransparent => IsPlain && HasGreeted;

    /// <summary>Whether reads are reads of the stream below.</summary>
    private bool IsPlain => Volatile.Read(ref _isOpen) && _buffer is null;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        IsPlain ? Carrier.ReadAsync(buffer, cancellationToken) : ReadFirstAsync(buffer, cancellationToken);

    protected override ValueTask SendAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
        Carrier.WriteAsync(payload, cancellationToken);

    protected override async ValueTask GreetAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        byte[] request = _request!;
        _request = null;
        if (payload.IsEmpty)
        {
            await Carrier.WriteAsync(request, cancellationToken).ConfigureAwait(false);
            return;
        }

        int first = Math.Min(payload.Length, MaxFirstPayload);
        byte[] both = ArrayPool<byte>.Shared.Rent(request.Length + first);
        try
        {
            request.CopyTo(both, 0);
            payload[..first].CopyTo(both.AsMemory(request.Length));
            await Carrier.WriteAsync(both.AsMemory(0, request.Length + first), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(both);
        }

        if (first < payload.Length)
        {
            await Carrier.WriteAsync(payload[first..], cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<int> ReadFirstAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (!_isOpen && !await ReadResponseAsync(cancellationToken).ConfigureAwait(false))
        {
            return 0;
        }

        if (_buffer is null)
        {
            return await Carrier.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }

        int count = Math.Min(buffer.Length, _end - _start);
        _buffer.AsMemory(_start, count).CopyTo(buffer);
        _start += count;
        if (_start == _end)
        {
            _buffer = null;
        }

        return count;
    }

    /// <summary>Reads the head of the response, and perhaps some of what follows.</summary>
    /// <returns><see langword="false"/> if the server ended its direction without a word, as GOST's does for a target that says
    /// nothing.</returns>
    private async ValueTask<bool> ReadResponseAsync(CancellationToken cancellationToken)
    {
        if (_end == 0)
        {
            await Carrier.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
            _buffer ??= new byte[InitialLength];
            _end = await Carrier.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false);
            _headBegan = _time.GetTimestamp();
            if (_end == 0)
            {
                return false;
            }
        }

        int length = HttpLines.FindHeadEnd(_buffer.AsSpan(0, _end), 0);
        if (length < 0)
        {
            TimeSpan left = GreetingTimeout - _time.GetElapsedTime(_headBegan);
            length = await Deadline.RunAsync(
                left > TimeSpan.Zero ? left : TimeSpan.Zero,
                _time,
                this,
                static (stream, token) => stream.ReadOnAsync(token),
                static _ => "The server did not complete its response to the request for a WebSocket",
                cancellationToken).ConfigureAwait(false);
        }

        CheckResponse(length);
        _start = length;
        if (_start == _end)
        {
            _buffer = null;
        }

        Volatile.Write(ref _isOpen, true);
        return true;
    }

    /// <returns>The length of the head.</returns>
    private async ValueTask<int> ReadOnAsync(CancellationToken cancellationToken)
    {
        int length;
        int scanned = 0;
        while ((length = HttpLines.FindHeadEnd(_buffer.AsSpan(0, _end), scanned)) < 0)
        {
            scanned = _end;
            if (_end == HttpObfuscationCodec.MaxHeadLength)
            {
                throw new ForwardException(
                    ForwardError.ProtocolError, $"The server sent a head of more than {HttpObfuscationCodec.MaxHeadLength} bytes.");
            }

            if (_end == _buffer!.Length)
            {
                Array.Resize(ref _buffer, Math.Min(HttpObfuscationCodec.MaxHeadLength, 2 * _end));
            }

            int count = await Carrier.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            _end += count > 0
                ? count
                : throw new ForwardException(ForwardError.ConnectionClosed, "The server closed the connection within its response.");
        }

        return length;
    }

    private void CheckResponse(int length)
    {
        var response = new HttpHead();
        HttpHeadError error = response.ReadResponse(_buffer.AsMemory(0, length));
        if (error != HttpHeadError.None)
        {
            throw new ForwardException(
                ForwardError.ProtocolError, $"The server sent a head that is not one of HTTP/1.1: {error}.");
        }

        if (response.StatusCode != 101)
        {
            throw new ForwardException(
                ForwardError.ProtocolError,
                $"The server answered {response.StatusCode} {Encoding.Latin1.GetString(response.Reason)} to the request for a WebSocket.");
        }
    }
}
