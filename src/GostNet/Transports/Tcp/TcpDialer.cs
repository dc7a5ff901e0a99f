using System.Net;
using System.Net.Sockets;
using GostNet.Internal;

namespace GostNet.Transports.Tcp;

/// <summary>Opens TCP connections: resolves the name at each dial and races its addresses (Happy Eyeballs, RFC 8305).</summary>
internal sealed class TcpDialer(SocketNetworkOptions options, NameResolver resolver, TimeProvider time) : IDialer
{
    public async ValueTask<IConnection> DialAsync(HostEndPoint target, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        try
        {
            IPAddress[] addresses = await resolver.ResolveAsync(target, cancellationToken).ConfigureAwait(false);
            return addresses.Length == 1
                ? await ConnectAsync(new IPEndPoint(addresses[0], target.Port), cancellationToken).ConfigureAwait(false)
                : await RaceAsync(NameResolver.Interleave(addresses), target.Port, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw e.ToDialFailure(target);
        }
    }

    private async Task<IConnection> ConnectAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            DescriptorHeadroom.ThrowIfTooLowToDial(socket);
            TcpConnection.Configure(socket, options);
            await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
            return new TcpConnection(socket, endPoint);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Starts one attempt after the other, each when the one before has failed or has had its time alone. The first
    /// connection wins; when all failed, the first failure is reported, which is that of the preferred address.</summary>
    private async Task<IConnection> RaceAsync(IPAddress[] addresses, int port, CancellationToken cancellationToken)
    {
        using var losers = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new List<Task<IConnection>>(addresses.Length);
        SocketException? firstFailure = null;
        int next = 0;
        try
        {
            while (true)
            {
                if (next < addresses.Length)
                {
                    running.Add(ConnectAsync(new IPEndPoint(addresses[next++], port), losers.Token));
                }

                Task<IConnection>? ended = await WaitForOneAsync(running, next < addresses.Length, losers.Token).ConfigureAwait(false);
                if (ended is null)
                {
                    continue; // its time alone is over
                }

                running.Remove(ended);
                try
                {
                    return await ended.ConfigureAwait(false);
                }
                catch (SocketException e)
                {
                    firstFailure ??= e;
                    if (running.Count == 0 && next == addresses.Length)
                    {
                        throw firstFailure;
                    }
                }
            }
        }
        finally
        {
            await losers.CancelAsync().ConfigureAwait(false);
            foreach (Task<IConnection> loser in running)
            {
                await ((Task)loser).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (loser.IsCompletedSuccessfully)
                {
                    loser.Result.Abort();
                }
            }
        }
    }

    /// <summary>The attempt that ended first, or <see langword="null"/> if the next may start beside those running.</summary>
    private async Task<Task<IConnection>?> WaitForOneAsync(
        List<Task<IConnection>> running, bool mayStartNext, CancellationToken cancellationToken)
    {
        if (!mayStartNext)
        {
            return await Task.WhenAny(running).ConfigureAwait(false);
        }

        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task alone = Task.Delay(options.ConnectionAttemptDelay, time, attempt.Token);
        Task ended = await Task.WhenAny([.. running, alone]).ConfigureAwait(false);
        await attempt.CancelAsync().ConfigureAwait(false);
        if (ended != alone)
        {
            return (Task<IConnection>)ended;
        }

        cancellationToken.ThrowIfCancellationRequested();
        return null;
    }
}
