using System.Net;
using GostNet.Protocols;
using GostNet.Relaying;

namespace GostNet.Forwarding;

/// <summary>The handler of proxy servers whose clients name a target with each datagram: every client has a port of its own to all of
/// them.</summary>
/// <param name="serve">Puts the protocol over such a port, which the result owns.</param>
/// <param name="reach">Where the ports are: the chain's far end, or this machine.</param>
/// <param name="rules">What clients may ask for.</param>
/// <param name="forward">The forward.</param>
/// <param name="context">What the forwards of a forwarder share.</param>
internal sealed class DatagramProxyHandler(
    Func<IDatagramListener, IDatagramHost, IDatagramSocket> serve,
    INetwork reach,
    AccessRules rules,
    Forward forward,
    ForwardContext context)
    : IDatagramHandler
{
    private INetwork Reach => reach;

    private AccessRules Rules => rules;

    private Forward Forward => forward;

    private ForwardContext Context => context;

    public async ValueTask<IDatagramUpstream> OpenAsync(ForwardedConnection connection, CancellationToken cancellationToken)
    {
        rules.DemandPossible(AccessRules.Datagrams);
        IDatagramListener port = await reach.ListenDatagramsAsync(new("", 0), cancellationToken).ConfigureAwait(false);
        return new Upstream(serve(port, new Host(this, port)));
    }

    private sealed class Upstream(IDatagramSocket socket) : IDatagramUpstream
    {
        public IDatagramSocket Socket => socket;

        public void Succeed()
        {
            // There is no group of targets that would want to know.
        }

        public void Fail()
        {
        }

        public ValueTask DisposeAsync() => socket.DisposeAsync();
    }

    private sealed class Host(DatagramProxyHandler handler, IDatagramListener port) : IDatagramHost
    {
        public TimeProvider Time => handler.Context.Time;

        public ValueTask<IPEndPoint> ResolveAsync(HostEndPoint target, CancellationToken cancellationToken)
        {
            handler.Rules.Demand(AccessRules.Datagrams, target);
            return DatagramTargets.ResolveAsync(handler.Reach, port, target, cancellationToken);
        }

        public void CountBytes(bool fromClient, int size)
        {
            // The flow counts.
        }

        public void DropDatagram(int size, string reason) => handler.Context.DropDatagram(handler.Forward, size, reason);
    }
}
