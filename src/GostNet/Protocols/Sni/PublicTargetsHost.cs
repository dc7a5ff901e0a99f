using System.Net;

namespace GostNet.Protocols.Sni;

/// <summary>A host that reaches no target on its own machine or in its private networks.</summary>
/// <remarks>Where this machine dials, a target's addresses are looked at before, and the one that was reached behind: a name may have
/// another address by then. Where the far end of a chain does, only it knows them; then the name alone is looked at.</remarks>
/// <param name="inner">Does everything else.</param>
/// <param name="ownAddress">The address that the client has reached.</param>
/// <param name="resolve">Finds addresses if targets are dialled from this machine, else <see langword="null"/>.</param>
internal sealed class PublicTargetsHost(
    IProxyHost inner, IPAddress? ownAddress, Func<HostEndPoint, CancellationToken, ValueTask<IPAddress[]>>? resolve) : IProxyHost
{
    public IAuthenticator? Authenticator => inner.Authenticator;

    public TimeProvider Time => inner.Time;

    public async ValueTask<IConnection> DialAsync(HostEndPoint target, CancellationToken cancellationToken)
    {
        if (!PublicAddresses.MayContain(target) || (IPAddress.TryParse(target.Host, out IPAddress? address) && IsOwn(address)))
        {
            throw Forbidden(target);
        }

        if (resolve is null)
        {
            return await inner.DialAsync(target, cancellationToken).ConfigureAwait(false);
        }

        IPAddress[] addresses = await resolve(target, cancellationToken).ConfigureAwait(false);
        if (!Array.TrueForAll(addresses, IsAllowed))
        {
            throw Forbidden(target);
        }

        IConnection connection = await inner.DialAsync(target, cancellationToken).ConfigureAwait(false);
        if (connection.RemoteEndPoint is IPEndPoint reached
            && (!IsAllowed(reached.Address) || reached.Address.Equals((connection.LocalEndPoint as IPEndPoint)?.Address)))
        {
            connection.Abort();
            await connection.DisposeAsync().ConfigureAwait(false);
            throw Forbidden(target);
        }

        return connection;
    }

    public ValueTask<IListener> ListenAsync(HostEndPoint endPoint, CancellationToken cancellationToken) =>
        inner.ListenAsync(endPoint, cancellationToken);

    public ValueTask<IDatagramListener> ListenDatagramsAsync(HostEndPoint endPoint, CancellationToken cancellationToken) =>
        inner.ListenDatagramsAsync(endPoint, cancellationToken);

    public ValueTask<(IDatagramListener ToClient, IDatagramListener ToTargets)> AssociateAsync(
        HostEndPoint client, CancellationToken cancellationToken) => inner.AssociateAsync(client, cancellationToken);

    public ValueTask<IPEndPoint> ResolveAsync(HostEndPoint target, CancellationToken cancellationToken) =>
        inner.ResolveAsync(target, cancellationToken);

    public Task RelayAsync(IConnection client, IConnection target, HostEndPoint? name) => inner.RelayAsync(client, target, name);

    public Task RelayPeerAsync(IConnection peer, IConnection client) => inner.RelayPeerAsync(peer, client);

    public void CountBytes(bool fromClient, int size) => inner.CountBytes(fromClient, size);

    public void DropDatagram(int size, string reason) => inner.DropDatagram(size, reason);

    private static ForwardException Forbidden(HostEndPoint target) => new(
        ForwardError.Forbidden, $"{target} is on this machine or in a private network, where the clients of an SNI proxy may not go.")
    {
        Target = target,
        IsTargetFault = true,
    };

    private bool IsAllowed(IPAddress address) => PublicAddresses.Contains(address) && !IsOwn(address);

    private bool IsOwn(IPAddress address) => ownAddress is not null && address.MapToIPv6().Equals(ownAddress.MapToIPv6());
}
