using System.Runtime.InteropServices;

namespace GostNet.Tests.Processes;

/// <summary>How many descriptors this process may have, on Linux.</summary>
internal static partial class DescriptorLimit
{
    private const int NumberOfFiles = 7; // RLIMIT_NOFILE

    /// <summary>The present limit.</summary>
    public static long Current => Get().Soft;

    /// <summary>How many there are.</summary>
    public static int CountOpen() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    /// <summary>Lowers the limit so that only so many more can be opened.</summary>
    public static void LeaveRoomFor(int count)
    {
        // The limit is one on the number of a descriptor, and the lowest free number is given out first.
        var probes = new List<FileStream>();
        for (int i = 0; i <= count; i++)
        {
            probes.Add(File.OpenRead("/dev/null"));
        }

        int limit = (int)probes[^1].SafeFileHandle.DangerousGetHandle();
        probes.ForEach(probe => probe.Dispose());
        Set(limit);
    }

    /// <summary>Raises the limit as far as it goes.</summary>
    public static void Restore() => Set(Get().Hard);

    private static (long Soft, long Hard) Get()
    {
        Check(GetLimit(NumberOfFiles, out Limits limits));
        return (limits.Soft, limits.Hard);
    }

    private static void Set(long soft)
    {
        var limits = new Limits { Soft = (nint)soft, Hard = (nint)Get().Hard };
        Check(SetLimit(NumberOfFiles, in limits));
    }

    private static void Check(int result)
    {
        if (result != 0)
        {
            throw new InvalidOperationException($"The limit on descriptors: error {Marshal.GetLastPInvokeError()}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int GetLimit(int resource, out Limits limits);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimit(int resource, in Limits limits);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limits
    {
        public nint Soft;
        public nint Hard;
    }
}
