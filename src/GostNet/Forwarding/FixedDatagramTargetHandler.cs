using GostNet.Relaying;
using GostNet.Selection;

namespace GostNet.Forwarding;

/// <summary>The handler of UDP forwards whose targets are fixed (gost-nodes, section 2.2): chooses one for each flow.</summary>
internal sealed class FixedDatagramTargetHandler(TargetGroup targets, IDatagramDialer dialer) : IDatagramHandler
{
    public async ValueTask<IDatagramUpstream> OpenAsync(ForwardedConnection connection, CancellationToken cancellationToken)
    {
        (IDatagramSocket? socket, NodeLease<HostEndPoint>? lease, ForwardException? failure) =
            await targets.ReachAsync(connection, dialer.DialAsync, cancellationToken).ConfigureAwait(false);
        if (socket is null)
        {
            throw failure!;
        }

        connection.SetTarget(lease!.Value);
        return new Upstream(socket, lease);
    }

    private sealed class Upstream(IDatagramSocket socket, NodeLease<HostEndPoint> lease) : IDatagramUpstream
    {
        public IDatagramSocket Socket => socket;

        public void Succeed() => lease.Succeed();

        public void Fail() => lease.Fail();

        public ValueTask DisposeAsync()
        {
            lease.Dispose();
            return socket.DisposeAsync();
        }
    }
}
