using System.Text;

namespace GostNet.Protocols.Sni;

/// <summary>The client of an SNI proxy. The proxy is told nothing: it reads the target's name where the application says it, in TLS or in
/// HTTP (proxies, section 3.2).</summary>
/// <remarks>So the target that is asked for has no effect, as with a node that has one of its own.</remarks>
internal sealed class SniConnector : IConnector
{
    private readonly byte[]? _disguiseHost;
    private readonly TimeProvider _time;

    /// <summary>Makes the connector of one node.</summary>
    /// <param name="disguiseHost">The name that is to be seen in place of the target's in the first message of each connection, or
    /// <see langword="null"/> to leave it. GOST calls it <c>host</c>.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ArgumentException">The name cannot be a server name.</exception>
    public SniConnector(string? disguiseHost, TimeProvider time)
    {
        if (disguiseHost is not null && !SniCodec.IsName(disguiseHost))
        {
            throw new ArgumentException(
                $"'{disguiseHost}' cannot be a server name; write a name in ASCII, without a port.", nameof(disguiseHost));
        }

        _disguiseHost = disguiseHost is null ? null : Encoding.ASCII.GetBytes(disguiseHost);
        _time = time;
    }

    public bool IgnoresTarget => true;

    public ValueTask<IConnection> ConnectAsync(IConnection node, HostEndPoint target, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(node);
        return new(_disguiseHost is null ? node : new SniDisguiseConnection(node, new SniDisguiseStream(node, _disguiseHost, _time)));
    }
}
