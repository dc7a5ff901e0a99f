using GostNet.Internal;

namespace GostNet.Transports.Obfuscation;

/// <summary>The stream of a layer whose greeting goes out together with the first payload, or alone if there is none in time.</summary>
/// <remarks>GOST waits with the greeting until there is payload. Where the target speaks first, both sides then wait for one another
/// (transports, section 2).</remarks>
internal abstract class ObfuscationStream : UnseekableStream
{
    /// <summary>How long a client waits for payload before it greets without.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a server's greeting may take from its first byte on. Until then there is no limit: GOST's server holds it back
    /// until the target has something to say.</summary>
    public static readonly TimeSpan GreetingTimeout = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource _greeted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _patience;
    private int _isClaimed;

    protected ObfuscationStream(IConnection carrier)
    {
        Connection = carrier;
        Carrier = carrier.Stream;
    }

    /// <summary>Whether all bytes go to and from the connection below as they are from now on.</summary>
    public abstract bool IsTransparent { get; }

    /// <summary>The connection below.</summary>
    public IConnection Connection { get; }

    /// <summary>The stream below.</summary>
    protected Stream Carrier { get; }

    /// <summary>Whether the greeting has been sent.</summary>
    protected bool HasGreeted => _greeted.Task.IsCompletedSuccessfully;

    public sealed override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        HasGreeted ? SendAsync(buffer, cancellationToken)
        : buffer.IsEmpty ? ValueTask.CompletedTask
        : SendFirstAsync(buffer, cancellationToken);

    public sealed override Task FlushAsync(CancellationToken cancellationToken) => Carrier.FlushAsync(cancellationToken);

    /// <summary>Ends the write direction below, behind the greeting.</summary>
    public async ValueTask CompleteWritesAsync(CancellationToken cancellationToken)
    {
        if (!await TryGreetAsync(default, cancellationToken).ConfigureAwait(false))
        {
            await _greeted.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        await Connection.CompleteWritesAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Greets nobody any more.</summary>
    public void GiveUp()
    {
        if (TryClaim())
        {
            Fail(new IOException("The connection is closed."));
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            GiveUp();
            _patience?.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Begins to wait for payload.</summary>
    protected void GreetInTime(TimeProvider time) => _patience = time.CreateTimer(
        static stream => _ = ((ObfuscationStream)stream!).GreetAloneAsync(), this, Patience, Timeout.InfiniteTimeSpan);

    /// <summary>Sends the greeting with the payload, of which there may be none.</summary>
    protected abstract ValueTask GreetAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken);

    /// <summary>Sends payload behind the greeting.</summary>
    protected abstract ValueTask SendAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken);

    private bool TryClaim()
    {
        if (Interlocked.Exchange(ref _isClaimed, 1) != 0)
        {
            return false;
        }

        _patience?.Dispose();
        return true;
    }

    private async ValueTask SendFirstAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (!await TryGreetAsync(payload, cancellationToken).ConfigureAwait(false))
        {
            await _greeted.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            await SendAsync(payload, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <returns>Whether nobody else has greeted, or is about to.</returns>
    private async ValueTask<bool> TryGreetAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (!TryClaim())
        {
            return false;
        }

        try
        {
            await GreetAsync(payload, cancellationToken).ConfigureAwait(false);
            await Carrier.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Fail(new IOException("The connection broke while it was begun.", e));
            throw;
        }

        _greeted.TrySetResult();
        return true;
    }

    private async Task GreetAloneAsync()
    {
        try
        {
            await TryGreetAsync(default, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Whoever writes next learns of it.
        }
    }

    private void Fail(IOException reason)
    {
        _greeted.TrySetException(reason);
        _ = _greeted.Task.Exception; // there may be nobody to look at it
    }
}
