using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using GostNet.Internal;
using GostNet.Ssh.Keys;
using Microsoft.Extensions.Logging;

namespace GostNet.Ssh.Trust;

/// <summary>The keys of an <c>authorized_keys</c> file (ssh, section 2.12), any of which may log in under any user name. The file is looked
/// at with each question, and read anew when it has changed.</summary>
/// <remarks>While it cannot be read, nobody may log in by a key: whoever takes the file away, takes the keys away.</remarks>
internal sealed class AuthorizedKeysFile : IAuthorizedKeys
{
    /// <summary>A file that is longer is not used, in bytes.</summary>
    public const long MaxSize = 16L << 20;

    /// <summary>So many bad lines are told of one by one.</summary>
    private const int MaxToldLines = 10;

    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _reading = new();
    private Content? _content;

    private AuthorizedKeysFile(string path, TimeProvider time, ILogger logger)
    {
        _path = Path.GetFullPath(path);
        _time = time;
        _logger = logger;
    }

    /// <summary>Reads a file for the first time, or says why it cannot be used.</summary>
    /// <param name="path">The file.</param>
    /// <param name="time">The clock of <c>expiry-time</c>.</param>
    /// <param name="logger">Is told of lines that cannot be used, and of changes.</param>
    /// <param name="file">The keys, if the result is <see langword="true"/>.</param>
    /// <param name="problem">Why the file cannot be read.</param>
    public static bool TryOpen(
        string path,
        TimeProvider time,
        ILogger logger,
        [NotNullWhen(true)] out AuthorizedKeysFile? file,
        [NotNullWhen(false)] out string? problem)
    {
        var opened = new AuthorizedKeysFile(path, time, logger);
        problem = opened.Current().Problem;
        file = problem is null ? opened : null;
        return problem is null;
    }

    /// <inheritdoc/>
    public IForwardPermissions? Find(string userName, SshPublicKey key, IPAddress? client)
    {
        if (!Current().Keys.TryGetValue(Convert.ToBase64String(key.Blob.Span), out List<AuthorizedKey>? lines))
        {
            return null;
        }

        foreach (AuthorizedKey line in lines)
        {
            string? reason = line.Expiry < _time.GetUtcNow().UtcDateTime ? "any more"
                : line.From is { } from && !from.Contains(client) ? $"from {client?.ToString() ?? "an unknown address"}"
                : null;
            if (reason is null)
            {
                return line.Permissions;
            }

            _logger.KeyNotAllowed(KeyFingerprint.Sha256(key.Blob.Span), _path, line.Line, reason);
        }

        return null;
    }

    /// <summary>Reads what a stream has.</summary>
    internal static Dictionary<string, List<AuthorizedKey>> Read(Stream stream, TimeZoneInfo localTime, Action<int, string> tellProblem)
    {
        Dictionary<string, List<AuthorizedKey>> keys = [];
        byte[] blob = new byte[TrustFileReader.MaxLineLength];
        using var reader = new TrustFileReader(stream, MaxSize);
        while (reader.TryRead(out ReadOnlySpan<byte> line, out bool isTooLong))
        {
            string? problem = isTooLong ? TrustFileReader.TooLongLine : null;
            if (problem is null && !line.IsEmpty && line[0] != '#')
            {
                problem = ReadLine(line, reader.LineNumber, localTime, blob, keys);
            }

            if (problem is not null)
            {
                tellProblem(reader.LineNumber, problem);
            }
        }

        return keys;
    }

    private static string? ReadLine(
        ReadOnlySpan<byte> line, int number, TimeZoneInfo localTime, Span<byte> blob, Dictionary<string, List<AuthorizedKey>> keys)
    {
        if (line.Contains((byte)0))
        {
            return "there is a NUL in it; the file has to be text in UTF-8";
        }

        AuthorizedKeyOptions? options = AuthorizedKeyOptions.None;
        if (!KeyText.TryRead(line, blob, out int length, out string? problem))
        {
            ReadOnlySpan<byte> rest = line;
            if (KeyText.IsSupported(Encoding.UTF8.GetString(KeyText.TakeWord(ref rest))))
            {
                return problem; // what begins with a type has no options
            }

            if (!AuthorizedKeyOptions.TryParse(Encoding.Latin1.GetString(line), localTime, out options, out int optionsLength, out problem))
            {
                return problem;
            }

            if (!KeyText.TryRead(line[optionsLength..].TrimStart(" \t"u8), blob, out length, out problem))
            {
                return problem;
            }
        }

        string type = KeyText.TypeOf(blob)!;
        if (!KeyText.IsSupported(type))
        {
            return PublicKeys.DescribeUnknown(Encoding.ASCII.GetBytes(type));
        }

        if (!options.IsForCertificates)
        {
            string id = Convert.ToBase64String(blob[..length]);
            if (!keys.TryGetValue(id, out List<AuthorizedKey>? lines))
            {
                keys.Add(id, lines = []);
            }

            lines.Add(new(number, options.From, options.Expiry, options.Permissions));
        }

        return null;
    }

    /// <summary>What the file has now.</summary>
    private Content Current()
    {
        lock (_reading)
        {
            FileStamp? stamp = FileStamp.Of(_path); // before it is read: what is written meanwhile is then seen as a change
            if (_content is null || stamp != _content.Stamp)
            {
                _content = Read(stamp, _content?.Problem);
            }

            return _content;
        }
    }

    private Content Read(FileStamp? stamp, string? lastProblem)
    {
        int badLines = 0;
        string problem;
        try
        {
            using var stream = new FileStream(
                _path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (stream.Length <= MaxSize)
            {
                Dictionary<string, List<AuthorizedKey>> keys = Read(stream, _time.LocalTimeZone, (line, problem) =>
                {
                    if (++badLines <= MaxToldLines)
                    {
                        _logger.LineSkipped(_path, line, problem);
                    }
                });
                if (badLines > MaxToldLines)
                {
                    _logger.LinesSkipped(_path, badLines - MaxToldLines);
                }

                _logger.KeysRead(keys.Count, _path);
                return new(keys, stamp, null);
            }

            problem = TrustFileReader.DescribeTooLarge(MaxSize);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = e.Message;
            stamp = null; // what cannot be read now may be later, without another change
        }

        if (problem != lastProblem)
        {
            _logger.KeysNotRead(_path, problem);
        }

        return new([], stamp, problem);
    }

    /// <param name="Keys">The lines by their blobs in base64, in the file's order.</param>
    /// <param name="Stamp">The file when they were read.</param>
    /// <param name="Problem">Why it could not be read.</param>
    private sealed record Content(Dictionary<string, List<AuthorizedKey>> Keys, FileStamp? Stamp, string? Problem);
}
