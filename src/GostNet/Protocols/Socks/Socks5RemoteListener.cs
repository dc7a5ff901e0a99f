using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Threading.Channels;

namespace GostNet.Protocols.Socks;

/// <summary>A port of the node's that is listened on over control connections: each with one BIND for one peer at a time (socks, section
/// 6), or each with a session that carries many (section 7).</summary>
/// <remarks>
/// <para>One control connection is what GOST's servers and all standard ones allow: they refuse a second bind of the same port. If several
/// are asked for, the others are tried once the first one listens, and the listener makes do with those that are granted. A server that
/// shares a port spreads its peers over them, so that a peer that does not read holds up only those of its own connection.</para>
/// <para>Once no control connection listens any more, accepting throws what happened to the last. The peers that were accepted live on;
/// with a session they do so as long as that does.</para>
/// <para>Disposing it closes the control connections, and so the node's port. A session that carries peers is closed when the last of them
/// is; until then the port is open, and who connects is sent away.</para>
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "DisposeAsync disposes of the token source")]
internal sealed class Socks5RemoteListener : IListener
{
    /// <summary>How many peers wait to be accepted. While that many do, a BIND is not armed again, and a session's wait inside it.</summary>
    private const int Backlog = 64;

    // A session that did not last that long is not replaced: a node that ends them at once would be asked for new ones without a pause.
    private static readonly TimeSpan ShortLife = TimeSpan.FromSeconds(10);

    private readonly Func<CancellationToken, ValueTask<Socks5Answer>> _arm;
    private readonly Func<IConnection, IMultiplexSession>? _multiplex;
    private readonly TimeProvider _time;
    private readonly Action _shared;
    private readonly Action<int, string> _notShared;
    private readonly Channel<IConnection> _accepted = Channel.CreateBounded<IConnection>(Backlog);
    private readonly CancellationTokenSource _closing = new();
    private readonly List<Task> _slots = [];
    private readonly Lock _gate = new();
    private int _running;
    private bool _disposed;

    /// <summary>Makes a listener that does nothing yet.</summary>
    /// <param name="bound">Where the node listens.</param>
    /// <param name="arm">Opens another control connection that listens there.</param>
    /// <param name="multiplex">Makes a session out of a control connection; <see langword="null"/>: it is a plain BIND.</param>
    /// <param name="time">The clock.</param>
    /// <param name="shared">Hears of every control connection beside the first that listens.</param>
    /// <param name="notShared">Hears of it when the node does not let the port be shared by more than so many, and why.</param>
    public Socks5RemoteListener(
        HostEndPoint bound,
        Func<CancellationToken, ValueTask<Socks5Answer>> arm,
        Func<IConnection, IMultiplexSession>? multiplex,
        TimeProvider time,
        Action shared,
        Action<int, string> notShared)
    {
        LocalEndPoint = bound.ToPlainEndPoint();
        _arm = arm;
        _multiplex = multiplex;
        _time = time;
        _shared = shared;
        _notShared = notShared;
    }

    public EndPoint LocalEndPoint { get; }

    /// <summary>Begins to accept.</summary>
    /// <param name="first">The control connection that listens already.</param>
    /// <param name="count">How many there are to be.</param>
    public void Start(Socks5Answer first, int count)
    {
        lock (_gate)
        {
            _running = count;
            for (int i = 0; i < count; i++)
            {
                Socks5Answer? armed = i == 0 ? first : null;
                _slots.Add(Task.Run(() => RunAsync(armed)));
            }
        }
    }

    public async ValueTask<IConnection?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            while (await _accepted.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                if (_accepted.Reader.TryRead(out IConnection? connection))
                {
                    return connection;
                }
            }
        }
        catch (IOException) when (Volatile.Read(ref _disposed))
        {
            // It had ended before it was closed.
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            Volatile.Write(ref _disposed, true);
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_slots).ConfigureAwait(false);
        _accepted.Writer.TryComplete();
        while (_accepted.Reader.TryRead(out IConnection? connection))
        {
            connection.Abort();
            await connection.DisposeAsync().ConfigureAwait(false);
        }

        _closing.Dispose();
    }

    /// <summary>Keeps one control connection listening for as long as that works. It does not throw.</summary>
    private async Task RunAsync(Socks5Answer? armed)
    {
        bool wasArmed = armed is not null;
        Exception? end = null;
        try
        {
            while (true)
            {
                armed ??= await _arm(_closing.Token).ConfigureAwait(false);
                if (!wasArmed)
                {
                    wasArmed = true;
                    _shared();
                }

                if (_multiplex is not null)
                {
                    long start = _time.GetTimestamp();
                    ForwardException broken = await AcceptStreamsAsync(armed).ConfigureAwait(false);
                    if (Volatile.Read(ref _running) == 1 || _time.GetElapsedTime(start) < ShortLife)
                    {
                        end = broken;
                        return;
                    }
                }
                else
                {
                    await AcceptOneAsync(armed).ConfigureAwait(false);
                }

                armed = null;
            }
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // It is closed.
        }
        catch (Exception e)
        {
            end = e as IOException ?? new IOException($"Listening at {LocalEndPoint} failed: {e.Message}", e);
        }
        finally
        {
            int left = Interlocked.Decrement(ref _running);
            if (left == 0)
            {
                _accepted.Writer.TryComplete(end);
            }
            else if (!wasArmed && end is not null)
            {
                _notShared(left, end.Message);
            }
        }
    }

    /// <summary>Waits for the peer of one BIND, without limit, and hands it over.</summary>
    private async ValueTask AcceptOneAsync(Socks5Answer armed)
    {
        IConnection connection = armed.Connection;
        try
        {
            byte[] buffer = new byte[Socks5Codec.MaxMessageLength];
            Socks5Reply reply = await armed.Exchange.ReceiveAsync<Socks5Reply>(
                buffer, Socks5Codec.ReadReply, "the second reply to BIND", _closing.Token).ConfigureAwait(false);
            if (reply.Code != Socks5ReplyCode.Succeeded)
            {
                throw armed.Exchange.Failure(ForwardError.ProxyFailure, $"could not accept a peer, and replied {(byte)reply.Code}");
            }

            IConnection peer = new AcceptedConnection(connection, LocalEndPoint, reply.Bound?.ToPlainEndPoint(), released: null);
            await _accepted.Writer.WriteAsync(peer, _closing.Token).ConfigureAwait(false);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Accepts the peers of one session until it ends.</summary>
    /// <returns>Why it ended.</returns>
    private async ValueTask<ForwardException> AcceptStreamsAsync(Socks5Answer armed)
    {
        var session = new Socks5BindSession(_multiplex!(armed.Connection));
        try
        {
            while (await session.AcceptAsync(LocalEndPoint, _closing.Token).ConfigureAwait(false) is { } peer)
            {
                try
                {
                    await _accepted.Writer.WriteAsync(peer, _closing.Token).ConfigureAwait(false);
                }
                catch
                {
                    await peer.DisposeAsync().ConfigureAwait(false);
                    throw;
                }
            }

            return armed.Exchange.Failure(
                ForwardError.ConnectionClosed,
                $"no longer listens: {session.Failure?.Message.TrimEnd('.') ?? "it ended the session"}",
                innerException: session.Failure);
        }
        finally
        {
            await session.ReleaseAsync().ConfigureAwait(false);
        }
    }
}
