using GostNet.Diagnostics;
using GostNet.Selection;

namespace GostNet.Forwarding;

/// <summary>The fixed targets of a forward, and how many attempts a connection gets to reach one of them.</summary>
internal sealed class TargetGroup(NodeGroup<HostEndPoint> targets, int attempts, ForwardContext context)
{
    /// <summary>Makes up to so many attempts to reach a target, each with a choice of its own.</summary>
    /// <returns>What was opened, with the lease of its target, on which the verdict is the caller's; or the last failure.</returns>
    /// <exception cref="OperationCanceledException">The connection was aborted.</exception>
    public async ValueTask<(T? Opened, NodeLease<HostEndPoint>? Target, ForwardException? Failure)> ReachAsync<T>(
        ForwardedConnection connection, Func<HostEndPoint, CancellationToken, ValueTask<T>> open, CancellationToken cancellationToken)
        where T : class
    {
        ForwardException? failure = null;
        for (int attempt = 1; attempt <= attempts; attempt++)
        {
            if (connection.IsAborted)
            {
                throw new OperationCanceledException(cancellationToken);
            }

            NodeLease<HostEndPoint>? lease = null;
            try
            {
                lease = targets.Select();
                T opened = await open(lease.Value, cancellationToken).ConfigureAwait(false);
                return (opened, lease, null);
            }
            catch (ForwardException e)
            {
                failure = e;
                if (e.IsTargetFault)
                {
                    lease?.Fail();
                }

                lease?.Dispose();
                context.Logger.DialFailed(connection.Id, attempt, e.Message);
            }
            catch
            {
                lease?.Dispose();
                throw;
            }
        }

        if (!connection.IsAborted)
        {
            context.Logger.DialGivenUp(connection.Forward.Name, connection.Client, attempts, failure!.Message);
        }

        return (null, null, failure);
    }
}
