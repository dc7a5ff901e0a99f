using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using GostNet.Internal.Ciphers;

namespace GostNet.Protocols.Shadowsocks;

/// <summary>Writes one direction of a connection: salt or IV, and then the bytes, encrypted (proxies, section 5.4). What is written at once
/// goes as one write, with the salt if it is the first.</summary>
/// <param name="carrier">Where it goes.</param>
/// <param name="key">The key.</param>
/// <param name="salt">Chooses the salt or IV; at random if <see langword="null"/>.</param>
internal sealed class ShadowsocksWriter(Stream carrier, ShadowsocksKey key, Action<byte[]>? salt = null) : IDisposable
{
    /// <summary>How many bytes are encrypted at a time. More go as several writes.</summary>
    public const int MaxBatch = 64 * 1024;

    private UseGate _use;
    private StreamCipher? _stream;
    private ShadowsocksChunks? _chunks;
    private bool _isBroken;

    /// <summary>Writes two parts as one.</summary>
    /// <param name="head">The first part; shorter than a chunk.</param>
    /// <param name="source">The second part.</param>
    /// <param name="cancellationToken">Gives up; the connection is then only good for being closed.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
    {
        _use.Enter("write");
        byte[]? buffer = null;
        try
        {
            if (_isBroken)
            {
                throw new IOException("A write to the Shadowsocks connection failed before, and what follows could not be read.");
            }

            _isBroken = true; // until it has gone out whole
            int batch = Math.Min(head.Length + source.Length, MaxBatch);
            buffer = ArrayPool<byte>.Shared.Rent(key.Method.SaltSize + ShadowsocksChunks.GetSize(batch));
            do
            {
                int count = Math.Min(source.Length, MaxBatch - head.Length);
                int size = Encrypt(head.Span, source.Span[..count], buffer);
                await carrier.WriteAsync(buffer.AsMemory(0, size), cancellationToken).ConfigureAwait(false);
                head = default;
                source = source[count..];
            }
            while (!source.IsEmpty);
            _isBroken = false;
        }
        finally
        {
            if (buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }

            if (_use.Leave())
            {
                Release();
            }
        }
    }

    public Task FlushAsync(CancellationToken cancellationToken) => carrier.FlushAsync(cancellationToken);

    /// <summary>Releases everything, now or at the end of the write that is in flight.</summary>
    public void Dispose()
    {
        if (_use.Close())
        {
            Release();
        }
    }

    private int Encrypt(ReadOnlySpan<byte> head, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int size = 0;
        if (_stream is null && _chunks is null)
        {
            Start().CopyTo(destination);
            size = key.Method.SaltSize;
        }

        if (_stream is not null)
        {
            _stream.Transform(head, destination[size..]);
            size += head.Length;
            _stream.Transform(source, destination[size..]);
            return size + source.Length;
        }

        do
        {
            int count = Math.Min(source.Length, ShadowsocksChunks.MaxPayload - head.Length);
            size += _chunks!.Seal(head, source[..count], destination[size..]);
            head = default;
            source = source[count..];
        }
        while (!source.IsEmpty);
        return size;
    }

    private byte[] Start()
    {
        byte[] chosen = new byte[key.Method.SaltSize];
        (salt ?? (static space => RandomNumberGenerator.Fill(space)))(chosen);
        if (key.Method.CreateAead is null)
        {
            _stream = key.CreateStream(chosen, encrypts: true);
        }
        else
        {
            _chunks = new(key.CreateAead(chosen));
        }

        return chosen;
    }

    private void Release()
    {
        _stream?.Dispose();
        _chunks?.Dispose();
    }
}
