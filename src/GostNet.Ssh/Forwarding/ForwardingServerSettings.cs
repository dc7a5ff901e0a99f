using System.Net;
using GostNet.Ssh.Trust;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GostNet.Ssh.Forwarding;

/// <summary>What a server of port forwarding goes by, for one client.</summary>
internal sealed record ForwardingServerSettings
{
    /// <summary>What the client may forward.</summary>
    public required IForwardPermissions Permissions { get; init; }

    /// <summary>Where the client may have ports. On the loopback addresses by default.</summary>
    public GatewayPorts GatewayPorts { get; init; }

    /// <summary>The most targets that are being connected to. 1024 by default, as there may be channels: a browser behind <c>ssh -D</c>
    /// opens hundreds at a time, and OpenSSH's server sets no bound.</summary>
    public int MaxPendingConnects { get; init; } = 1024;

    /// <summary>The most ports. 64 by default (ssh, section 5).</summary>
    public int MaxListeners { get; init; } = 64;

    /// <summary>The near end of the connection below.</summary>
    public EndPoint? LocalEndPoint { get; init; }

    /// <summary>The client.</summary>
    public EndPoint? RemoteEndPoint { get; init; }

    /// <summary>Where it is told what happens.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
