using System.Diagnostics;
using GostNet.Diagnostics;
using Microsoft.Extensions.Logging;

namespace GostNet.Chains;

/// <summary>Reaches targets through the hops of a chain, each dial through nodes chosen anew; without hops it dials the target.</summary>
/// <param name="path">The hops.</param>
/// <param name="directTimeout">How long a dial without hops may take.</param>
/// <param name="time">The clock.</param>
/// <param name="metrics">Is told of every dial.</param>
/// <param name="logger">Is told of every dial through hops.</param>
internal sealed class ChainDialer(
    HopPath path, TimeSpan directTimeout, TimeProvider time, GostNetMetrics metrics, ILogger logger) : IDialer
{
    public async ValueTask<IConnection> DialAsync(HostEndPoint target, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        using Activity? activity = GostNetDiagnostics.Source.StartActivity("gostnet.dial", ActivityKind.Client);
        activity?.SetTag("server.address", target.Host).SetTag("server.port", target.Port);
        long start = time.GetTimestamp();
        string? error = null;
        try
        {
            return path.Count == 0
                ? await path.DialDirectlyAsync(target, directTimeout, cancellationToken).ConfigureAwait(false)
                : await DialThroughHopsAsync(target, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            error = DialSpans.ErrorType(e);
            DialSpans.SetError(activity, e);
            throw;
        }
        finally
        {
            metrics.Dialed(target, time.GetElapsedTime(start), error);
        }
    }

    private async ValueTask<IConnection> DialThroughHopsAsync(HostEndPoint target, CancellationToken cancellationToken)
    {
        using HopRoute route = path.SelectRoute();
        IConnection connection = await path.DialAsync(route, target, cancellationToken).ConfigureAwait(false);
        if (logger.IsEnabled(LogLevel.Debug))
        {
            logger.ChainDialed(target, route.ToString());
        }

        return connection;
    }
}
