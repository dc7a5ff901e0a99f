namespace GostNet.Internal;

/// <summary>What tells one state of a file from another without reading it.</summary>
/// <param name="Written">When it was written last.</param>
/// <param name="Length">Its length in bytes.</param>
internal readonly record struct FileStamp(DateTime Written, long Length)
{
    /// <summary>The file as it is now; <see langword="null"/> while there is none. Of a link it is that which the link leads to, which may
    /// change while the link does not.</summary>
    public static FileStamp? Of(string path)
    {
        try
        {
            FileSystemInfo file = new FileInfo(path);
            file = file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
            return file is FileInfo { Exists: true } found ? new FileStamp(found.LastWriteTimeUtc, found.Length) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // gone in between, or links that lead nowhere
        }
    }
}
