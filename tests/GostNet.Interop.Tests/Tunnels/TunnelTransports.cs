namespace GostNet.Interop.Tests.Tunnels;

/// <summary>The transports of node URLs.</summary>
internal static class TunnelTransports
{
    public static readonly IReadOnlyList<string> Names = ["tcp", "tls", "mtls", "ws", "mws", "wss", "mwss", "ohttp", "otls", "h2", "h2c"];

    /// <summary>All of them, as the rows of a theory.</summary>
    public static TheoryData<string> All => [.. Names];
}
