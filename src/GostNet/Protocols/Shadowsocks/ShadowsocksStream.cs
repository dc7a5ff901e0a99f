using GostNet.Internal;

namespace GostNet.Protocols.Shadowsocks;

/// <summary>The stream of a <see cref="ShadowsocksConnection"/>.</summary>
/// <remarks>A client's first bytes are the address that it asks for. They wait a moment for the first payload, so that both go as one
/// write, and go alone if there is none by then: GOST waits for ever, and protocols whose server speaks first hang (proxies,
/// section 5.4).</remarks>
internal sealed class ShadowsocksStream : UnseekableStream
{
    /// <summary>How long the address waits for a payload.</summary>
    public static readonly TimeSpan AddressDelay = TimeSpan.FromMilliseconds(10);

    private readonly ShadowsocksReader _reader;
    private readonly ShadowsocksWriter _writer;
    private readonly byte[] _address;
    private readonly TaskCompletionSource _addressSent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer? _timer;
    private int _addressTaken;
    private bool _isOpen;

    /// <param name="reader">Reads what comes.</param>
    /// <param name="writer">Writes what goes.</param>
    /// <param name="address">What a client asks for; empty otherwise.</param>
    /// <param name="time">The clock.</param>
    public ShadowsocksStream(ShadowsocksReader reader, ShadowsocksWriter writer, byte[] address, TimeProvider time)
    {
        _reader = reader;
        _writer = writer;
        _address = address;
        _isOpen = address.Length == 0;
        if (!_isOpen)
        {
            _timer = time.CreateTimer(
                static stream => ((ShadowsocksStream)stream!).SendAddressAlone(), this, AddressDelay, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The salt or IV that the peer has chosen, once something was read.</summary>
    public byte[]? PeerSalt => _reader.Salt;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _reader.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        buffer.IsEmpty ? ValueTask.CompletedTask
        : _isOpen ? _writer.WriteAsync(default, buffer, cancellationToken)
        : OpenAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => _writer.FlushAsync(cancellationToken);

    /// <summary>Sends the address, if it is still here: nothing more will be written.</summary>
    public ValueTask CompleteWritesAsync(CancellationToken cancellationToken) =>
        _isOpen ? ValueTask.CompletedTask : OpenAsync(default, cancellationToken);

    /// <summary>Sends nothing more by itself.</summary>
    public void StopTimer() => _timer?.Dispose();

    /// <summary>Releases everything that is not in use, and the rest once it is not any more.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            StopTimer();
            _reader.Dispose();
            _writer.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask OpenAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _addressTaken, 1) == 0)
        {
            StopTimer();
            await SendAddressAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await _addressSent.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (!buffer.IsEmpty)
            {
                await _writer.WriteAsync(default, buffer, cancellationToken).ConfigureAwait(false);
            }
        }

        _isOpen = true;
    }

    private void SendAddressAlone()
    {
        if (Interlocked.Exchange(ref _addressTaken, 1) == 0)
        {
            _ = SendAsync();
        }

        async Task SendAsync()
        {
            try
            {
                await SendAddressAsync(default, CancellationToken.None).ConfigureAwait(false);
                await _writer.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
            {
                // The next write tells, and so do reads.
            }
        }
    }

    private async ValueTask SendAddressAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        try
        {
            await _writer.WriteAsync(_address, payload, cancellationToken).ConfigureAwait(false);
            _addressSent.SetResult();
        }
        catch (Exception e)
        {
            _addressSent.SetException(new IOException("The address could not be sent to the Shadowsocks server.", e));
            _ = _addressSent.Task.Exception; // seen, if by nobody else
            throw;
        }
    }
}
