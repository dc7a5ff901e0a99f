using System.Buffers;
using System.Runtime.CompilerServices;
using GostNet.Internal.Ciphers;

namespace GostNet.Protocols.Shadowsocks;

/// <summary>Reads one direction of a connection: salt or IV, and then what it makes readable (proxies, section 5.4).</summary>
/// <remarks>
/// <para>What a stream cipher has encrypted is read straight into the reader's memory, and so is each chunk that fits there whole. A buffer
/// is held only as long as there is something in it. Until the peer has shown that it knows the key, that is a small one.</para>
/// <para>What came before a fault is read first. The end of the stream is one within salt, IV or chunk.</para>
/// </remarks>
/// <param name="carrier">The bytes.</param>
/// <param name="key">The key.</param>
/// <param name="node">The name of the server that is read from, for failures; <see langword="null"/> if it is a client.</param>
internal sealed class ShadowsocksReader(Stream carrier, ShadowsocksKey key, string? node) : IDisposable
{
    private const int BufferSize = 64 * 1024;
    private const int FirstBufferSize = 2048;

    private UseGate _use;
    private StreamCipher? _stream;
    private ShadowsocksChunks? _chunks;
    private bool _isTrusted;
    private ForwardException? _fault;

    // The bytes from _start to _end are here and not yet decrypted. Before them may be a payload that is not yet read.
    private byte[] _buffer = [];
    private int _start;
    private int _end;
    private int _payloadStart;
    private int _payloadEnd;
    private int _length; // of the payload that comes next, once it is known

    /// <summary>The salt or IV that the peer has chosen, once it is here.</summary>
    public byte[]? Salt { get; private set; }

    /// <summary>Reads what is there, or waits for it; a read of no bytes waits too.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        _use.Enter("read");
        try
        {
            while (true)
            {
                int count = Take(buffer.Span);
                if (count > 0 || (buffer.IsEmpty && _payloadStart < _payloadEnd))
                {
                    return count;
                }

                if (buffer.IsEmpty)
                {
                    ReleaseIfEmpty();
                    return await carrier.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
                }

                if (_stream is not null)
                {
                    count = await carrier.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
                    _stream.Transform(buffer.Span[..count], buffer.Span[..count]);
                    return count;
                }

                MakeRoom();
                count = await carrier.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
                if (count == 0)
                {
                    return _start == _end && _length == 0 ? 0 : throw Fail(
                        ForwardError.ConnectionClosed, Salt is null ? "ended the connection within its salt" : "ended the connection within a chunk");
                }

                _end += count;
            }
        }
        finally
        {
            ReleaseIfEmpty();
            if (_use.Leave())
            {
                Release();
            }
        }
    }

    /// <summary>Releases everything, now or at the end of the read that is in flight.</summary>
    public void Dispose()
    {
        if (_use.Close())
        {
            Release();
        }
    }

    /// <summary>Takes what is here. Into no bytes it takes none, but makes a payload ready.</summary>
    private int Take(Span<byte> destination)
    {
        if (Salt is null && !TryTakeSalt())
        {
            return 0;
        }

        int count;
        if (_stream is null)
        {
            count = TakeChunks(destination);
            return count == 0 && _fault is not null ? throw _fault : count;
        }

        count = Math.Min(_end - _start, destination.Length);
        _stream.Transform(_buffer.AsSpan(_start, count), destination);
        _start += count;
        (_payloadStart, _payloadEnd) = (_start, _end);
        return count;
    }

    private bool TryTakeSalt()
    {
        int size = key.Method.SaltSize;
        if (_end - _start < size)
        {
            return false;
        }

        Salt = _buffer[_start..(_start + size)];
        _start += size;
        if (key.Method.CreateAead is null)
        {
            _stream = key.CreateStream(Salt, encrypts: false);
        }
        else
        {
            _chunks = new(key.CreateAead(Salt));
        }

        return true;
    }

    private int TakeChunks(Span<byte> destination)
    {
        int total = 0;
        while (true)
        {
            int count = Math.Min(_payloadEnd - _payloadStart, destination.Length - total);
            _buffer.AsSpan(_payloadStart, count).CopyTo(destination[total..]);
            _payloadStart += count;
            total += count;
            if (_payloadStart < _payloadEnd || (total > 0 && total == destination.Length) || !TryOpenNext(destination[total..], out count))
            {
                return total;
            }

            total += count;
        }
    }

    /// <summary>Opens the next chunk, if it is here.</summary>
    /// <param name="destination">Takes the payload if there is room for it; it stays in the buffer otherwise.</param>
    /// <param name="count">How much it took.</param>
    private bool TryOpenNext(Span<byte> destination, out int count)
    {
        count = 0;
        if (_length == 0)
        {
            if (_fault is not null || _end - _start < ShadowsocksChunks.HeaderSize)
            {
                return false;
            }

            int length = _chunks!.OpenLength(_buffer.AsSpan(_start));
            if (length is <= 0 or > ShadowsocksChunks.MaxPayload)
            {
                return Refuse(length < 0 ? NotSealed() : Fail(ForwardError.ProtocolError, $"sent a chunk of {length} bytes"));
            }

            _start += ShadowsocksChunks.HeaderSize;
            _length = length;
            _isTrusted = true;
        }

        int size = _length + AeadCipher.TagSize;
        if (_end - _start < size)
        {
            return false;
        }

        bool fits = _length <= destination.Length;
        if (!_chunks!.TryOpen(_buffer.AsSpan(_start, size), fits ? destination : _buffer.AsSpan(_start, _length)))
        {
            return Refuse(NotSealed());
        }

        (count, _payloadStart, _payloadEnd) = fits ? (_length, 0, 0) : (0, _start, _start + _length);
        _start += size;
        _length = 0;
        return true;

        // What was opened before is read first.
        bool Refuse(ForwardException fault)
        {
            _fault = fault;
            _start = _end;
            return false;
        }
    }

    private ForwardException NotSealed() => _isTrusted
        ? Fail(ForwardError.ProtocolError, "sent a chunk that was changed on its way")
        : Fail(ForwardError.AuthenticationFailed, "has another method or password, or does not speak Shadowsocks");

    private ForwardException Fail(ForwardError error, string what) =>
        new(error, $"Shadowsocks {(node is null ? "client" : $"server {node}")} {what}.") { Node = node };

    private void MakeRoom()
    {
        int size = _isTrusted ? BufferSize : FirstBufferSize;
        if (_buffer.Length < size)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(size);
            _buffer.AsSpan(_start.._end).CopyTo(larger);
            Return();
            _buffer = larger;
        }
        else
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
        }

        (_start, _end) = (0, _end - _start);
        (_payloadStart, _payloadEnd) = (0, 0);
    }

    private void ReleaseIfEmpty()
    {
        if (_start == _end && _payloadStart == _payloadEnd)
        {
            Return();
            _buffer = [];
            (_start, _end, _payloadStart, _payloadEnd) = (0, 0, 0, 0);
        }
    }

    private void Release()
    {
        Return();
        _buffer = [];
        _stream?.Dispose();
        _chunks?.Dispose();
    }

    private void Return()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }
}
