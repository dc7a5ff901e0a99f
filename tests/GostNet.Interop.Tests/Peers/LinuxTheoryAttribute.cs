namespace GostNet.Interop.Tests.Peers;

/// <summary>A theory that looks into the kernel's tables.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute() => Skip = OperatingSystem.IsLinux() ? null : "It reads what Linux tells of its sockets.";
}
