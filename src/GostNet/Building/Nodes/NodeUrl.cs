using System.Collections.Immutable;
using System.Net;

namespace GostNet.Building.Nodes;

/// <summary>A node URL, read and checked (gost-nodes, section 1).</summary>
/// <param name="Role">What it was given for.</param>
/// <param name="Name">The scheme and address: the URL without path, query and credentials, for messages.</param>
/// <param name="Mode">What it asks for.</param>
/// <param name="Scheme">Protocol and transport.</param>
/// <param name="Host">The URL's own host, without brackets; "" is every interface, or this machine.</param>
/// <param name="Port">The URL's own port, or <see langword="null"/> if there is none, which only a chain node with <c>ip</c> may
/// have.</param>
/// <param name="Addresses">The targets of a node to serve; the nodes of a chain node, which without <c>ip</c> is the URL's own
/// address.</param>
/// <param name="Credential">The login, out of the URL, <c>auth</c>, or on a chain node <c>secrets</c>.</param>
/// <param name="Parameters">The query.</param>
internal sealed record NodeUrl(
    NodeRole Role,
    string Name,
    NodeMode Mode,
    NodeScheme Scheme,
    string Host,
    int? Port,
    ImmutableArray<HostEndPoint> Addresses,
    NetworkCredential? Credential,
    NodeParameters Parameters)
{
    /// <summary>Whether somebody has to log in to use what is served.</summary>
    public bool HasLogin => Credential is not null || Parameters.LogsIn;
}
