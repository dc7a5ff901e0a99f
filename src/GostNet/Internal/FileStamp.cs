namespace GostNet.Internal;

/// <summary>What tells one state of a file from another without reading it.</summary>
/// <param name="Written">When it was written last.</param>
/// <param name="Length">Its length in bytes.</param>
internal readonly record struct FileStamp(DateTime Written, long Length)
{
    /// <summary>The file as it is now; <see langword="null"/> while there is none.</summary>
    public static FileStamp? Of(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? new FileStamp(file.LastWriteTimeUtc, file.Length) : null;
    }
}
