using System.Net;

namespace GostNet.Transports.Tls;

/// <summary>TLS over another connection, once the handshake is done.</summary>
/// <remarks>
/// <para>Ending the write direction sends close_notify, and the peer's answer can still be read. Neither side's TCP direction ends before
/// the connection is closed.</para>
/// <para>The end of the connection below, at the border of a record, is an end of stream like close_notify: GOST sends none (socks,
/// section 3.4). So the end of a TLS stream never proves that all of it has arrived.</para>
/// </remarks>
internal sealed class TlsConnection(IConnection carrier, TlsStream stream, TimeProvider time) : IConnection
{
    /// <summary>How long closing waits until close_notify is on its way.</summary>
    public static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private int _writesCompleted;
    private int _disposed;
    private volatile bool _isAborted;

    public Stream Stream => stream;

    public EndPoint? LocalEndPoint => carrier.LocalEndPoint;

    public EndPoint? RemoteEndPoint => carrier.RemoteEndPoint;

    public async ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _writesCompleted, 1) != 0)
        {
            return;
        }

        try
        {
            await stream.ShutdownAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            throw new IOException($"TLS could not be ended: {e.Message}", e); // the stream broke before, or is disposed of
        }
    }

    public void Abort()
    {
        _isAborted = true;
        carrier.Abort();
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        // A peer that hears no close_notify may take what it has for a part. Behind a write that does not move it would not get there.
        if (!_isAborted && !stream.IsWriting)
        {
            Task closing = CompleteWritesAsync().AsTask();
            await closing.WaitAsync(CloseTimeout, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!closing.IsCompleted)
            {
                _ = closing.ContinueWith(
                    static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            }
        }

        await carrier.DisposeAsync().ConfigureAwait(false);
        await stream.DisposeAsync().ConfigureAwait(false);
    }
}
