using GostNet.Diagnostics;
using GostNet.Protocols;
using GostNet.Relaying;

namespace GostNet.Forwarding;

/// <summary>The handler of proxy servers: the protocol reads what the client wants, and gets it through the chain.</summary>
/// <param name="server">The protocol.</param>
/// <param name="reach">Where targets are dialled and ports are listened on: the chain's far end, or this machine.</param>
/// <param name="authenticator">Decides who may use the server; <see langword="null"/> lets everybody in.</param>
/// <param name="rules">What clients may ask for.</param>
/// <param name="attempts">How many attempts there are to reach a target.</param>
/// <param name="context">What the forwards of a forwarder share.</param>
internal sealed class ProxyHandler(
    IProxyServer server, INetwork reach, IAuthenticator? authenticator, AccessRules rules, int attempts, ForwardContext context)
    : IStreamHandler
{
    public INetwork Reach => reach;

    public IAuthenticator? Authenticator => authenticator;

    public AccessRules Rules => rules;

    public int Attempts => attempts;

    public ForwardContext Context => context;

    public async Task<RelayResult> ServeAsync(
        ForwardedConnection connection, IConnection client, StreamForward forward, CancellationToken cancellationToken)
    {
        var session = new ProxySession(this, connection, client, forward);
        try
        {
            await server.ServeAsync(client, session, cancellationToken).ConfigureAwait(false);
            return session.Result ?? new RelayResult(connection.IsAborted ? ConnectionEnd.Aborted : ConnectionEnd.Completed);
        }
        catch (ForwardException e) when (session.HasDialFailed && !connection.IsAborted)
        {
            context.Logger.DialGivenUp(forward.Forward.Name, connection.Client, attempts, e.Message);
            return new RelayResult(ConnectionEnd.DialFailed, e);
        }
        catch (ForwardException e) when (e is { Error: ForwardError.ConnectionClosed, Node: null } && !connection.IsAborted)
        {
            return new RelayResult(ConnectionEnd.ClientReset, e); // it left before it had what it wanted
        }
        catch (ForwardException e) when (!connection.IsAborted)
        {
            if (!server.LogsRejections)
            {
                context.Logger.ClientRejected(forward.Forward.Name, connection.Client, e.Message);
            }

            return new RelayResult(ConnectionEnd.Rejected, e);
        }
        catch (IOException e) when (!connection.IsAborted)
        {
            client.Abort();
            return new RelayResult(ConnectionEnd.ClientReset, e);
        }
    }
}
