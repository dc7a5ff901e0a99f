namespace GostNet.Tests.Processes;

/// <summary>A test that needs Linux to look at and limit a process.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip = "Descriptors are looked at in /proc, and limited by setrlimit.";
        }
    }
}
