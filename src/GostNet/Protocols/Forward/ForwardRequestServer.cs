using GostNet.Internal;

namespace GostNet.Protocols.Forward;

/// <summary>Serves what the clients of a transport ask for in its own words: to be connected to a target, or to listen (ssh, sections 4
/// and 5).</summary>
internal sealed class ForwardRequestServer : IProxyServer
{
    public Task ServeAsync(IConnection client, IProxyHost host, CancellationToken cancellationToken) => client switch
    {
        IConnectRequest request => ConnectAsync(request, host, cancellationToken),
        IListenRequest request => new ForwardedPort(request, host).RunAsync(cancellationToken),
        _ => throw new ArgumentException("A client of this server has to ask for something in the words of its transport.", nameof(client)),
    };

    /// <summary>Dials first and confirms afterwards, so that the client hears of a target that cannot be reached.</summary>
    private static async Task ConnectAsync(IConnectRequest request, IProxyHost host, CancellationToken cancellationToken)
    {
        IConnection target;
        try
        {
            target = await host.DialAsync(request.Target, cancellationToken).ConfigureAwait(false);
        }
        catch (ForwardException e)
        {
            request.Refuse(e.Error);
            throw;
        }

        try
        {
            request.Confirm();
        }
        catch
        {
            await target.DropAsync().ConfigureAwait(false);
            throw;
        }

        await host.RelayAsync(request, target, request.Target).ConfigureAwait(false);
    }
}
