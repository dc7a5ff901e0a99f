namespace GostNet.Ssh.Trust;

/// <summary>Where a key stands.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">The line in it, from 1.</param>
internal readonly record struct KnownHostPlace(string File, int Line)
{
    /// <summary>As compilers and editors write it.</summary>
    public override string ToString() => $"{File}:{Line}";
}
