namespace GostNet.Internal;

/// <summary>Whether what has waited for a session's streams runs on the thread that brings what it waited for.</summary>
/// <remarks>.NET's sockets are told by an environment variable that what follows a read or write of theirs never blocks, and may run on the
/// thread that waited for it. It holds for streams over those sockets as well: each change of threads costs more than a short packet
/// does.</remarks>
internal static class SocketThreads
{
    /// <summary>Whether the program has said so. It is looked up once, when the first session begins.</summary>
    public static bool RunContinuations { get; } =
        Environment.GetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS") == "1";
}
