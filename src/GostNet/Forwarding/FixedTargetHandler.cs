using GostNet.Relaying;
using GostNet.Selection;

namespace GostNet.Forwarding;

/// <summary>The handler of forwards whose targets are fixed (gost-nodes, section 2.1): chooses one, dials it, relays.</summary>
internal sealed class FixedTargetHandler(TargetGroup targets, IDialer dialer) : IStreamHandler
{
    public async Task<RelayResult> ServeAsync(
        ForwardedConnection connection, IConnection client, StreamForward forward, CancellationToken cancellationToken)
    {
        (IConnection? target, NodeLease<HostEndPoint>? lease, ForwardException? failure) =
            await targets.ReachAsync(connection, dialer.DialAsync, cancellationToken).ConfigureAwait(false);
        if (target is null)
        {
            // An end in good order would tell the client that its answer is empty.
            client.Abort();
            return new RelayResult(ConnectionEnd.DialFailed, failure);
        }

        lease!.Succeed();
        connection.SetTarget(lease.Value);
        return await forward.RelayAsync(connection, client, target).ConfigureAwait(false);
    }
}
