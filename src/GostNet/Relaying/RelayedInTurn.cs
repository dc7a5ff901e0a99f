namespace GostNet.Relaying;

/// <summary>What one client had relayed in several ways, one after the other: HTTP requests, and then a CONNECT.</summary>
internal sealed class RelayedInTurn(IRelayed before, IRelayed now) : IRelayed
{
    public long BytesFromClient => before.BytesFromClient + now.BytesFromClient;

    public long BytesFromTarget => before.BytesFromTarget + now.BytesFromTarget;

    public void Abort(ConnectionEnd reason)
    {
        now.Abort(reason);
        before.Abort(reason);
    }
}
