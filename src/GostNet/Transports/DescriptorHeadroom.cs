using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace GostNet.Transports;

/// <summary>Keeps the last of the process's descriptors for the runtime.</summary>
/// <remarks>The .NET runtime takes two descriptors to start a thread, and ends the process ("Out of memory.") if it does not get them
/// (seen with .NET 10 on Linux). A forwarder at its limit is busy, and so about to start threads. Therefore accepting stops before the
/// limit, and dialling a little later, so that whoever was accepted can still be connected.</remarks>
internal static class DescriptorHeadroom
{
    private const int ForAccepting = 32;
    private const int ForDialing = 16;
    private const int NumberOfFiles = 7; // RLIMIT_NOFILE

    // Where the C library goes by another name there is no headroom, and all else works.
    private static readonly bool LimitIsKnown = OperatingSystem.IsLinux()
        && NativeLibrary.TryLoad("libc", typeof(DescriptorHeadroom).Assembly, DllImportSearchPath.SafeDirectories, out _);

    /// <summary>Whether nothing more is to be accepted for now, judged by the newest socket.</summary>
    public static bool IsTooLowToAccept(Socket newest) => IsBelow(ForAccepting, newest);

    /// <summary>Whether a socket that was made to dial is to be given back, as if there had been none.</summary>
    /// <exception cref="SocketException"><see cref="SocketError.TooManyOpenSockets"/>.</exception>
    public static void ThrowIfTooLowToDial(Socket newest)
    {
        if (IsBelow(ForDialing, newest))
        {
            throw new SocketException((int)SocketError.TooManyOpenSockets);
        }
    }

    // The limit is one on the number, and the lowest free number is given out first: a high one means that few are left.
    private static bool IsBelow(int headroom, Socket newest) =>
        LimitIsKnown
        && GetLimit(NumberOfFiles, out Limits limits) == 0
        && limits.Soft > 0 // not "unlimited", which is -1
        && newest.SafeHandle.DangerousGetHandle() >= limits.Soft - Math.Min(headroom, limits.Soft / 8);

    [DllImport("libc", EntryPoint = "getrlimit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetLimit(int resource, out Limits limits);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Limits
    {
        public readonly nint Soft;
        public readonly nint Hard;
    }
}
