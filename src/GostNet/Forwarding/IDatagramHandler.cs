using GostNet.Relaying;

namespace GostNet.Forwarding;

/// <summary>Decides what becomes of a new flow of datagrams: who its target is, and how it is reached.</summary>
internal interface IDatagramHandler
{
    /// <summary>Opens where the datagrams of a flow go.</summary>
    /// <param name="connection">Its entry among the live connections.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ForwardException">It could not be opened.</exception>
    ValueTask<IDatagramUpstream> OpenAsync(ForwardedConnection connection, CancellationToken cancellationToken);
}
