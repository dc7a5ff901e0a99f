using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;

namespace GostNet.Relaying;

/// <summary>The relay that runs everywhere: one loop per direction, over sockets where both ends are bare ones, else over streams.</summary>
/// <remarks>While nothing moves, neither direction holds a buffer: each waits with a read of zero bytes.</remarks>
internal sealed class ManagedStreamRelay : IStreamRelay
{
    // Larger ones cost more cache than they save calls; smaller ones cost calls. 64 KiB is what a Linux socket hands out at once in bulk.
    private const int BufferSize = 64 * 1024;

    // How much room is worth another read: a record of TLS.
    private const int MinRoom = 16 * 1024;

    // How much one direction moves before it lets others have the thread.
    private const int FairShare = 1024 * 1024;

    public async Task<RelayResult> RelayAsync(RelaySession session)
    {
        Task<RelayResult> up, down;
        if (session.Client.TryGetSocket(out Socket? client) && session.Target.TryGetSocket(out Socket? target))
        {
            up = PumpAsync(session, client, target, session.Target, fromClient: true);
            down = PumpAsync(session, target, client, session.Client, fromClient: false);
        }
        else
        {
            up = PumpAsync(session, session.Client, session.Target, fromClient: true);
            down = PumpAsync(session, session.Target, session.Client, fromClient: false);
        }

        Task<RelayResult> first = await Task.WhenAny(up, down).ConfigureAwait(false);
        RelayResult failure = await first.ConfigureAwait(false);
        if (failure.End != ConnectionEnd.None)
        {
            session.Abort(failure.End); // frees the other direction, and passes a reset on
        }

        RelayResult last = await (first == up ? down : up).ConfigureAwait(false);
        if (failure.End == ConnectionEnd.None && last.End != ConnectionEnd.None)
        {
            failure = last;
            session.Abort(failure.End);
        }

        return session.AbortReason is var reason and not ConnectionEnd.None
            ? new RelayResult(reason, reason is ConnectionEnd.ClientReset or ConnectionEnd.TargetReset or ConnectionEnd.Failed
                ? failure.Error
                : null)
            : new RelayResult(ConnectionEnd.Completed);
    }

    private static RelayResult Failed(ConnectionEnd side, SocketError error) => new(side, new SocketException((int)error));

    /// <summary>One direction between two sockets.</summary>
    /// <returns>The failure that ended it; none if it ended in good order.</returns>
    private static async Task<RelayResult> PumpAsync(RelaySession session, Socket from, Socket to, IConnection toConnection, bool fromClient)
    {
        ConnectionEnd readFailure = fromClient ? ConnectionEnd.ClientReset : ConnectionEnd.TargetReset;
        ConnectionEnd writeFailure = fromClient ? ConnectionEnd.TargetReset : ConnectionEnd.ClientReset;
        ConnectionEnd side = readFailure;
        using var reader = new SocketReader(from);
        try
        {
            // The loop tries before it waits, and so wants calls that return at once.
            from.Blocking = false;
            to.Blocking = false;
            int inOneGo = 0;
            bool ended = false;
            while (!ended)
            {
                side = readFailure;
                if (await reader.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false) == SocketReader.Failed)
                {
                    return Failed(side, reader.SocketError);
                }

                if (inOneGo >= FairShare)
                {
                    // A sender that never lets us wait would keep this thread, which may be one that serves all other sockets.
                    inOneGo = 0;
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                }

                byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
                try
                {
                    int read;
                    do
                    {
                        side = readFailure;
                        read = from.Receive(buffer, SocketFlags.None, out SocketError error);
                        if (error == SocketError.WouldBlock)
                        {
                            break;
                        }

                        if (error != SocketError.Success)
                        {
                            return Failed(side, error);
                        }

                        if (read == 0)
                        {
                            ended = true;
                            break;
                        }

                        side = writeFailure;
                        int sent = to.Send(buffer.AsSpan(0, read), SocketFlags.None, out error);
                        if (error is not (SocketError.Success or SocketError.WouldBlock))
                        {
                            return Failed(side, error);
                        }

                        while (sent < read)
                        {
                            sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), SocketFlags.None).ConfigureAwait(false);
                        }

                        session.Count(fromClient, read);
                        inOneGo += read;
                    }
                    while (read == buffer.Length && inOneGo < FairShare); // less than a buffer: waiting asks for more anyway
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }

            side = writeFailure;
            session.EndDirection(); // first, so that whoever sees the end can see that it was noted
            await toConnection.CompleteWritesAsync().ConfigureAwait(false);
            return default;
        }
        catch (Exception e)
        {
            return new(e is SocketException or ObjectDisposedException or IOException ? side : ConnectionEnd.Failed, e);
        }
    }

    /// <summary>One direction between two streams, until perhaps bytes turn out to travel over bare sockets from now on: what a layer had
    /// read ahead is drained, or was its beginning and is through.</summary>
    /// <returns>The failure that ended it; none if it ended in good order.</returns>
    [SuppressMessage("Reliability", "CA2012", Justification = "what is waited for is consumed once: at once, or at the next turn")]
    private static async Task<RelayResult> PumpAsync(
        RelaySession session, IConnection fromConnection, IConnection toConnection, bool fromClient)
    {
        using SocketReader? reader = fromConnection.TryGetSocket(out Socket? bare) ? new(bare) : null;
        ConnectionEnd readFailure = fromClient ? ConnectionEnd.ClientReset : ConnectionEnd.TargetReset;
        ConnectionEnd writeFailure = fromClient ? ConnectionEnd.TargetReset : ConnectionEnd.ClientReset;
        ConnectionEnd side = readFailure;
        ValueTask<int> waiting = default;
        bool isWaiting = false;
        try
        {
            Stream? from = reader is null ? fromConnection.Stream : null;
            Stream to = toConnection.Stream;
            int inOneGo = 0;
            bool ended = false;
            while (!ended)
            {
                side = readFailure;
                if (!isWaiting)
                {
                    waiting = ReadAsync(from, reader, Memory<byte>.Empty);
                }

                isWaiting = false;
                if (await waiting.ConfigureAwait(false) == SocketReader.Failed)
                {
                    return Failed(side, reader!.SocketError);
                }

                if (fromConnection.TryGetSocket(out Socket? fromSocket) && toConnection.TryGetSocket(out Socket? toSocket))
                {
                    return await PumpAsync(session, fromSocket, toSocket, toConnection, fromClient).ConfigureAwait(false);
                }

                if (inOneGo >= FairShare)
                {
                    inOneGo = 0;
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                }

                byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);

                // Layers hand out a record or frame at a time. What is there is written at once, as long as nothing has to be waited for.
                int written = 0;
                int filled = 0;
                do
                {
                    ValueTask<int> reading = ReadAsync(from, reader, buffer.AsMemory(filled));
                    if (!reading.IsCompleted && filled > written)
                    {
                        // What is there turned out to be no data, or a part of a record. What was read before must not wait for the rest.
                        side = writeFailure;
                        await WriteAsync(session, to, buffer.AsMemory(written, filled - written), fromClient).ConfigureAwait(false);
                        side = readFailure;
                        inOneGo += filled - written;
                        written = filled;
                    }

                    int read = await reading.ConfigureAwait(false);
                    if (read == SocketReader.Failed)
                    {
                        return Failed(side, reader!.SocketError);
                    }

                    filled += read;
                    ended = read == 0;
                    if (ended || filled > BufferSize - MinRoom)
                    {
                        break;
                    }

                    waiting = ReadAsync(from, reader, Memory<byte>.Empty);
                    isWaiting = !waiting.IsCompletedSuccessfully;
                    if (!isWaiting && waiting.GetAwaiter().GetResult() == SocketReader.Failed)
                    {
                        waiting = new(SocketReader.Failed); // what was read before comes first
                        isWaiting = true;
                    }
                }
                while (!isWaiting);

                if (filled > written)
                {
                    side = writeFailure;
                    await WriteAsync(session, to, buffer.AsMemory(written, filled - written), fromClient).ConfigureAwait(false);
                    inOneGo += filled - written;
                }

                ArrayPool<byte>.Shared.Return(buffer); // and not behind a failure, when a read may still be at it
            }

            side = writeFailure;
            session.EndDirection(); // first, so that whoever sees the end can see that it was noted
            await toConnection.CompleteWritesAsync().ConfigureAwait(false);
            return default;
        }
        catch (Exception e)
        {
            if (isWaiting)
            {
                _ = waiting.AsTask().ContinueWith(
                    static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            }

            return new(e is SocketException or ObjectDisposedException or IOException ? side : ConnectionEnd.Failed, e);
        }
    }

    private static ValueTask<int> ReadAsync(Stream? from, SocketReader? reader, Memory<byte> buffer) =>
        reader?.ReadAsync(buffer) ?? from!.ReadAsync(buffer);

    private static async ValueTask WriteAsync(RelaySession session, Stream to, ReadOnlyMemory<byte> data, bool fromClient)
    {
        await to.WriteAsync(data).ConfigureAwait(false);
        await to.FlushAsync().ConfigureAwait(false);
        session.Count(fromClient, data.Length);
    }
}
