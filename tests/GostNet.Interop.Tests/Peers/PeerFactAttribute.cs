namespace GostNet.Interop.Tests.Peers;

/// <summary>A test that talks to real programs. Where one is missing, it is skipped; with GOSTNET_REQUIRE_PEERS=1 it fails.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PeerFactAttribute : FactAttribute
{
    public PeerFactAttribute(params string[] programs) => Skip = PeerProgram.WhySkipped(programs);
}
