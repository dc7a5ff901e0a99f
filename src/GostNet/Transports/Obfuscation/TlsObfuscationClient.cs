using System.Text;
using GostNet.Internal;

namespace GostNet.Transports.Obfuscation;

/// <summary>The client side of <c>otls</c>: what looks like TLS and is none (transports, section 5.7).</summary>
/// <remarks>It is ready at once; the greeting leaves with the first payload, and the server's is looked at by whoever reads first.</remarks>
internal sealed class TlsObfuscationClient : IConnectionLayer
{
    private readonly byte[] _host;
    private readonly TimeProvider _time;

    /// <summary>Makes the client side for one node.</summary>
    /// <param name="options">What the greeting says.</param>
    /// <param name="node">The node's address.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ArgumentException">The host cannot be a server name.</exception>
    public TlsObfuscationClient(TlsObfuscationOptions options, HostEndPoint node, TimeProvider time)
    {
        string host = options.Host ?? node.Host;
        _host = AsciiHost.TryEncode(host) is { Length: <= TlsObfuscationCodec.MaxHostLength } name && HostEndPoint.IsValidHost(host)
            ? Encoding.ASCII.GetBytes(name)
            : throw new ArgumentException($"'{host}' cannot be a server name; write a host without a port.", nameof(options));
        _time = time;
    }

    public ValueTask<IConnection> StartAsync(IConnection carrier, CancellationToken cancellationToken) =>
        new(new ObfuscationConnection(new TlsObfuscationClientStream(carrier, _host, _time)));
}
