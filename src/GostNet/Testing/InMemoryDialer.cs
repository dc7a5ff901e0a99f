namespace GostNet.Testing;

/// <summary>Reaches the listeners of an in-memory network.</summary>
internal sealed class InMemoryDialer(InMemoryNetwork network) : IDialer
{
    public async ValueTask<IConnection> DialAsync(HostEndPoint target, CancellationToken cancellationToken = default)
    {
        ScriptedDial? script = await network.BeginDialAsync(target, isDatagram: false, cancellationToken).ConfigureAwait(false);
        InMemoryListener? listener = network.Listeners.Find(target);
        if (listener is not null)
        {
            (InMemoryConnection near, InMemoryConnection far) =
                InMemoryConnection.CreatePair(network.NextClientEndPoint(), listener.LocalEndPoint, network.BufferSize);
            if (script?.Bytes is { } bytes)
            {
                near.FailAfter(bytes);
            }

            if (await listener.TryConnectAsync(far, cancellationToken).ConfigureAwait(false))
            {
                return near;
            }
        }

        throw InMemoryNetwork.CreateFailure(target, ForwardError.ConnectionRefused);
    }
}
