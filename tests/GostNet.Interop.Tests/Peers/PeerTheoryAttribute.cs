namespace GostNet.Interop.Tests.Peers;

/// <summary>A theory whose every row talks to these real programs. It is skipped or fails as <see cref="PeerFactAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PeerTheoryAttribute : TheoryAttribute
{
    public PeerTheoryAttribute(params string[] programs) => Skip = PeerProgram.WhySkipped(programs);
}
