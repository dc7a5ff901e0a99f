using System.Security.Cryptography;
using System.Text;
using GostNet.Internal;
using GostNet.Ssh.Keys;
using Microsoft.Extensions.Logging;

namespace GostNet.Ssh.Trust;

/// <summary>A <c>known_hosts</c> file (ssh, section 2.11). It is read for each question, in a fixed amount of memory, so that it may be
/// long and is never out of date.</summary>
internal sealed class KnownHostsFile(string path, ILogger logger)
{
    /// <summary>A file that is longer is not used, in bytes.</summary>
    public const long MaxSize = 1L << 30;

    /// <summary>So many bad lines are told of one by one.</summary>
    private const int MaxToldLines = 10;

    private FileStamp? _told;

    /// <summary>Held by whoever looks and then adds, so that two who meet a host at the same time do not add different keys.</summary>
    public static Lock Adding { get; } = new();

    /// <summary>The files that are used if none are named: the user's and the machine's, as of OpenSSH. The first is added to.</summary>
    public static IReadOnlyList<string> DefaultPaths
    {
        get
        {
            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            string machine = OperatingSystem.IsWindows()
                ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "ssh")
                : "/etc/ssh";
            string global = Path.Combine(machine, "ssh_known_hosts");
            return home.Length == 0 ? [global] : [Path.Combine(home, ".ssh", "known_hosts"), global];
        }
    }

    /// <summary>Where it is.</summary>
    public string FullName { get; } = Path.GetFullPath(path);

    /// <summary>Looks a name up, and notes what is not known yet of it. A file that does not exist says nothing.</summary>
    /// <param name="name">By <see cref="KnownHostName"/>.</param>
    /// <param name="key">The key that the host shows; <see langword="null"/> to ask for the types alone.</param>
    /// <param name="findings">What is known already, of other files.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public void Find(string name, SshPublicKey? key, KnownHost findings)
    {
        FileStamp? stamp = FileStamp.Of(FullName);
        try
        {
            using FileStream stream = Open();
            Find(stream, name, key, findings, tells: stamp != _told);
            _told = stamp;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // Nobody has been met yet.
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Adds a host in one write; the file, and the directory it is in, are made if they are missing, for the user alone. The name
    /// is hashed if others in the file are.</summary>
    /// <exception cref="IOException">It cannot be written, or the name has no place in such a file.</exception>
    public void Add(string name, SshPublicKey key)
    {
        if (!KnownHostName.CanBeWritten(name))
        {
            throw new IOException("The name of the host cannot be written to such a file.");
        }

        try
        {
            Append(name, key);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Looks a name up in what a stream has.</summary>
    internal void Find(Stream stream, string name, SshPublicKey? key, KnownHost findings, bool tells)
    {
        byte[] wanted = Encoding.UTF8.GetBytes(name);
        byte[] blob = new byte[TrustFileReader.MaxLineLength];
        int badLines = 0;
        using var reader = new TrustFileReader(stream, MaxSize);
        while (reader.TryRead(out ReadOnlySpan<byte> text, out bool isTooLong))
        {
            string? problem = TrustFileReader.TooLongLine;
            if (!isTooLong && KnownHostLine.TryParse(text, out KnownHostLine line, out problem)
                && KeyText.TryRead(line.Key, blob, out int length, out problem) && line.IsAbout(wanted))
            {
                Note(new(FullName, reader.LineNumber), line.Marker, blob.AsSpan(0, length), key, findings);
            }

            if (problem is not null && tells && ++badLines <= MaxToldLines)
            {
                logger.LineSkipped(FullName, reader.LineNumber, problem);
            }
        }

        if (badLines > MaxToldLines)
        {
            logger.LinesSkipped(FullName, badLines - MaxToldLines);
        }
    }

    /// <summary>Notes what a line about the host says.</summary>
    private static void Note(
        KnownHostPlace place, KnownHostMarker marker, ReadOnlySpan<byte> blob, SshPublicKey? key, KnownHost findings)
    {
        bool isKey = key is not null && blob.SequenceEqual(key.Blob.Span);
        if (marker == KnownHostMarker.CertAuthority)
        {
            findings.Authority ??= place;
        }
        else if (marker == KnownHostMarker.Revoked)
        {
            findings.Revoked ??= isKey ? place : null;
        }
        else
        {
            string type = KeyText.TypeOf(blob)!;
            findings.AddType(type);
            if (isKey)
            {
                findings.Listed ??= place;
            }
            else if (findings.Other is null)
            {
                // A key of a type that is not supported here still tells that the host is known, and has another.
                findings.Other = place;
                findings.OtherKey = $"{type} {KeyFingerprint.Sha256(blob)}";
            }
        }
    }

    /// <summary>Opens the file for reading, whatever others do with it.</summary>
    private FileStream Open() => new(FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    private void Append(string name, SshPublicKey key)
    {
        string directory = Path.GetDirectoryName(FullName)!;
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
        };
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var stream = new FileStream(FullName, options);
        byte[] wanted = Encoding.UTF8.GetBytes(name);
        string written = HasHashedNames(stream)
            ? KnownHostLine.HashName(wanted, RandomNumberGenerator.GetBytes(HMACSHA1.HashSizeInBytes))
            : name;
        long end = RandomAccess.GetLength(stream.SafeFileHandle);
        Span<byte> last = [(byte)'\n'];
        if (end > 0)
        {
            RandomAccess.Read(stream.SafeFileHandle, last, end - 1);
        }

        string line = $"{(last[0] == '\n' ? "" : "\n")}{written} {key.Type} {Convert.ToBase64String(key.Blob.Span)}\n";
        RandomAccess.Write(stream.SafeFileHandle, Encoding.UTF8.GetBytes(line), end);
        stream.Flush(flushToDisk: true);
    }

    private static bool HasHashedNames(Stream stream)
    {
        using var reader = new TrustFileReader(stream, MaxSize);
        while (reader.TryRead(out ReadOnlySpan<byte> text, out _))
        {
            if (KnownHostLine.TryParse(text, out KnownHostLine line, out _) && line.IsHashed)
            {
                return true;
            }
        }

        return false;
    }
}
