using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;

namespace GostNet.Ssh.Keys;

/// <summary>The key of a server, made when it starts for the first time and kept from then on (ssh, section 5).</summary>
internal static class HostKeyStore
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads the key, or makes an Ed25519 key if there is no such file: with mode 0600, its public half beside it as
    /// <c>.pub</c>, and the folder, if that is missing, with mode 0700.</summary>
    /// <remarks>Of several processes that do so at once one makes the key, and all use that one.</remarks>
    /// <param name="path">The file. It has no passphrase.</param>
    /// <param name="warning">As for <see cref="SshPrivateKeyFile.Load"/>.</param>
    /// <exception cref="SshKeyException">The key cannot be read or not be written.</exception>
    public static SshPrivateKey LoadOrCreate(string path, out string? warning)
    {
        if (!File.Exists(path))
        {
            try
            {
                Create(Path.GetFullPath(path));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new SshKeyException(SshKeyError.FileUnreadable, $"The host key {path} cannot be made: {e.Message}", e);
            }
        }

        return SshPrivateKeyFile.Load(path, passphrase: null, out warning);
    }

    private static void Create(string path)
    {
        CreateFolder(Path.GetDirectoryName(path)!);
        using Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
        key.Comment = Environment.MachineName;
        byte[] text = SshKeyWriter.WritePrivate(key);
        string publicText = SshKeyWriter.WritePublic(key.PublicKey, key.Comment) + "\n";
        string newPath = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}.new";
        string newPublicPath = newPath + ".pub";
        try
        {
            WriteNew(newPath, text, OwnerOnly);
            if (TryPublish(newPath, path))
            {
                WriteNew(newPublicPath, Encoding.UTF8.GetBytes(publicText), OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
                File.Move(newPublicPath, path + ".pub", overwrite: true);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
            File.Delete(newPath);
            File.Delete(newPublicPath);
        }
    }

    private static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
        }
    }

    private static void WriteNew(string path, ReadOnlySpan<byte> text, UnixFileMode mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        using var stream = new FileStream(path, options);
        stream.Write(text);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Gives a file that is complete its name, unless there is one of that name by now.</summary>
    private static bool TryPublish(string newPath, string path)
    {
        // On Unix, File.Move looks whether the name is free and then takes it: two processes can both find it free. A second link cannot be
        // made where there is something. Where the file system has no links the move has to do.
        if (!OperatingSystem.IsWindows() && TryLink(newPath, path))
        {
            return true;
        }

        try
        {
            File.Move(newPath, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    [UnsupportedOSPlatform("windows")]
    private static bool TryLink(string path, string added)
    {
        try
        {
            return Link(ToNative(path), ToNative(added)) == 0;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return false; // The C library goes by another name.
        }
    }

    private static byte[] ToNative(string path) => Encoding.UTF8.GetBytes(path + '\0');

    [UnsupportedOSPlatform("windows")]
    [DllImport("libc", EntryPoint = "link")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link(byte[] existing, byte[] added);
}
