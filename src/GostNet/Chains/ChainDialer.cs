using System.Diagnostics;
using GostNet.Diagnostics;
using GostNet.Internal;
using GostNet.Selection;
using Microsoft.Extensions.Logging;

namespace GostNet.Chains;

/// <summary>Reaches targets through hops: dials the first, then asks each for the next, and the last for the target
/// (gost-nodes, section 4.2). Without hops it dials the target.</summary>
/// <remarks>Each dial chooses a node of each hop anew. A failure is charged to whoever failed: a proxy that answers that the next
/// address cannot be reached has done its part (gost-nodes, section 3.3).</remarks>
internal sealed class ChainDialer(
    IDialer network,
    IReadOnlyList<NodeGroup<ChainNode>> hops,
    TimeSpan directTimeout,
    TimeProvider time,
    GostNetMetrics metrics,
    ILogger logger) : IDialer
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
            return hops.Count == 0
                ? await DialDirectlyAsync(target, directTimeout, cancellationToken).ConfigureAwait(false)
                : await DialThroughHopsAsync(target, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            error = ErrorType(e);
            SetError(activity, e);
            throw;
        }
        finally
        {
            metrics.Dialed(target, time.GetElapsedTime(start), error);
        }
    }

    private async ValueTask<IConnection> DialDirectlyAsync(HostEndPoint address, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            return await Deadline.RunAsync(
                limit,
                time,
                (network, address),
                static (s, stop) => s.network.DialAsync(s.address, stop),
                static s => $"{s.address} did not answer",
                cancellationToken).ConfigureAwait(false);
        }
        catch (ForwardException e) when (e.Error == ForwardError.TimedOut && !e.IsTargetFault)
        {
            throw new ForwardException(e.Error, e.Message, e) { Target = address, IsTargetFault = true };
        }
    }

    private async ValueTask<IConnection> DialThroughHopsAsync(HostEndPoint target, CancellationToken cancellationToken)
    {
        var route = new NodeLease<ChainNode>[hops.Count];
        IConnection? connection = null;
        try
        {
            for (int i = 0; i < route.Length; i++)
            {
                route[i] = hops[i].Select();
            }

            for (int i = 0; i < route.Length; i++)
            {
                NodeLease<ChainNode>? next = i + 1 < route.Length ? route[i + 1] : null;
                using Activity? activity = GostNetDiagnostics.Source.StartActivity("gostnet.hop", ActivityKind.Client);
                activity?.SetTag("gostnet.node", route[i].Node.Name);
                try
                {
                    connection ??= await DialFirstAsync(route[0], target, cancellationToken).ConfigureAwait(false);
                    connection = await ConnectAsync(connection, route[i], next, target, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception e)
                {
                    SetError(activity, e);
                    throw;
                }
            }

            if (logger.IsEnabled(LogLevel.Debug))
            {
                logger.ChainDialed(target, string.Join(" > ", route.Select(n => n.Node.Name)));
            }

            return connection!; // there is a hop, or this would not have been called
        }
        catch
        {
            connection?.Abort();
            if (connection is not null)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
        finally
        {
            foreach (NodeLease<ChainNode>? lease in route)
            {
                lease?.Dispose();
            }
        }
    }

    private async ValueTask<IConnection> DialFirstAsync(NodeLease<ChainNode> first, HostEndPoint target, CancellationToken cancellationToken)
    {
        try
        {
            return await DialDirectlyAsync(first.Node.Address, first.Value.DialTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (ForwardException e)
        {
            if (e.IsTargetFault)
            {
                first.Fail();
            }

            throw Blame(first.Node.Name, target, e);
        }
    }

    /// <summary>Asks one hop for the next, or for the target if there is no next.</summary>
    private async ValueTask<IConnection> ConnectAsync(
        IConnection connection,
        NodeLease<ChainNode> hop,
        NodeLease<ChainNode>? next,
        HostEndPoint target,
        CancellationToken cancellationToken)
    {
        HostEndPoint address = next?.Node.Address ?? target;
        try
        {
            IConnection connected = await Deadline.RunAsync(
                hop.Value.ConnectTimeout,
                time,
                (hop.Value.Connector, connection, address),
                static (s, stop) => s.Connector.ConnectAsync(s.connection, s.address, stop),
                static s => $"no answer about {s.address}",
                cancellationToken).ConfigureAwait(false);
            hop.Succeed();
            return connected;
        }
        catch (ForwardException e) when (e.IsTargetFault)
        {
            hop.Succeed();
            if (next is null)
            {
                throw;
            }

            next.Fail();
            throw Blame(next.Node.Name, target, e);
        }
        catch (ForwardException e)
        {
            hop.Fail();
            throw e.Node == hop.Node.Name ? e : Blame(hop.Node.Name, target, e);
        }
        catch (IOException e)
        {
            hop.Fail();
            throw Blame(hop.Node.Name, target, new ForwardException(
                ForwardError.ConnectionClosed, $"the connection broke while {address} was asked for: {e.Message}", e));
        }
    }

    /// <summary>The same failure, with the chain's node that is to blame for it.</summary>
    private static ForwardException Blame(string node, HostEndPoint target, ForwardException e) =>
        new(e.Error, e.Message.Contains(node, StringComparison.Ordinal) ? e.Message : $"{node}: {e.Message}", e)
        {
            Node = node,
            Target = target,
        };

    private static string ErrorType(Exception e) => e is ForwardException f ? f.Error.ToString() : e.GetType().Name;

    private static void SetError(Activity? activity, Exception e) =>
        activity?.SetStatus(ActivityStatusCode.Error, e.Message).SetTag("error.type", ErrorType(e));
}
