using System.Collections.Immutable;

namespace GostNet;

/// <summary>A word for a transport in node URLs, and what it is made of. The transports of this library and those of others are added in the
/// same way: <see cref="ForwardBuilder.UseTransport"/>.</summary>
/// <example>
/// <code>
/// builder.UseTransport(new()
/// {
///     Word = "tls",
///     Client = node => ClientTransport.Tcp.Tls(new() { ServerName = node.Text("sni") }),
///     Server = node => ServerTransport.Tcp.Tls(new() { CertificateFile = node.File("cert"), KeyFile = node.File("key") }),
/// });
/// </code>
/// </example>
public sealed record TransportScheme
{
    /// <summary>The word, in lower case: one of GOST's, such as <c>kcp</c>.</summary>
    public required string Word { get; init; }

    /// <summary>Makes the transport to a node of a chain. It may throw an <see cref="ArgumentException"/>, whose message is then one of those of
    /// <see cref="ForwardBuilder.Build"/>.</summary>
    public required Func<TransportNode, ClientTransport> Client { get; init; }

    /// <summary>Makes the transport of a node to serve, as for <see cref="Client"/>.</summary>
    public required Func<TransportNode, ServerTransport> Server { get; init; }

    /// <summary>Whether the transport has words of its own for what is to be reached, too: <c>forward+</c> and the word, at either end. What is
    /// made for a node whose <see cref="TransportNode.Forwards"/> is true has <see cref="TransportTraits.Forwards"/>.</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool CanForward { get; init; }

    /// <summary>The parameters that it takes beside those that GOST has.</summary>
    /// <value>None by default.</value>
    public ImmutableArray<TransportParameter> Parameters { get; init; } = [];
}
