using System.Diagnostics.CodeAnalysis;
using System.Net;
using GostNet.Diagnostics;
using GostNet.Internal;
using Microsoft.Extensions.Logging;

namespace GostNet.Protocols.Authentication;

/// <summary>The users of a <c>secrets</c> file, which is read anew when it has changed (gost-nodes, sections 5.3 and 5.4).</summary>
/// <remarks>
/// <para>A line is a user and a password. A line <c>reload 10s</c> makes the file be looked at again, that long after the last look and
/// when somebody logs in; without one it is read once.</para>
/// <para>A file that is missing or wrong leaves the users as they were, is told of once, and is looked at again. It never lets
/// everybody in.</para>
/// </remarks>
internal sealed class SecretsFile : IAuthenticator
{
    private static readonly TimeSpan MinPeriod = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly LookClock _clock;
    private readonly ILogger _logger;
    private Content _content;
    private FileStamp? _stamp;
    private string? _lastProblem;

    private SecretsFile(string path, Content content, FileStamp? stamp, TimeProvider time, ILogger logger)
    {
        _path = path;
        _content = content;
        _stamp = stamp;
        _clock = new LookClock(time);
        _logger = logger;
    }

    /// <summary>Reads a file for the first time, or says why it cannot be used.</summary>
    /// <param name="path">The file.</param>
    /// <param name="time">The clock of reloads.</param>
    /// <param name="logger">Is told of reloads.</param>
    /// <param name="file">The users, if the result is <see langword="true"/>.</param>
    /// <param name="problem">What is wrong and what to write instead. Never a password.</param>
    public static bool TryOpen(
        string path,
        TimeProvider time,
        ILogger logger,
        [NotNullWhen(true)] out SecretsFile? file,
        [NotNullWhen(false)] out string? problem)
    {
        FileStamp? stamp = FileStamp.Of(path); // before it is read: what is written meanwhile is then seen as a change
        problem = TryRead(path, out Content? content, out _);
        file = content is null ? null : new SecretsFile(path, content, stamp, time, logger);
        return file is not null;
    }

    /// <inheritdoc/>
    public bool Authenticate(string userName, string password)
    {
        Refresh();
        return Volatile.Read(ref _content).Users.Authenticate(userName, password);
    }

    /// <summary>Reads a file, or says what is wrong with it.</summary>
    private static string? TryRead(string path, out Content? content, out bool isUnreadable)
    {
        (content, isUnreadable) = (null, false);
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            isUnreadable = true;
            return e.Message;
        }

        var users = new List<NetworkCredential>();
        TimeSpan? period = null;
        foreach ((int number, string[] words) in WordFile.Read(lines, commentsAnywhere: false))
        {
            if (words[0] == "reload")
            {
                if (words.Length == 1 || !GoDuration.TryParse(words[1], out TimeSpan reload))
                {
                    return $"line {number} wants a duration; write 'reload 10s'";
                }

                period = reload == TimeSpan.Zero ? null : reload < MinPeriod ? MinPeriod : reload;
            }
            else if (words.Length == 1)
            {
                return $"line {number} has a user without a password; write 'user password'";
            }
            else
            {
                users.Add(new NetworkCredential(words[0], words[1]));
            }
        }

        if (users.Count == 0)
        {
            return "there is no user in it; write a line 'user password'";
        }

        content = new Content(new UserTable(users), period);
        return null;
    }

    /// <summary>Looks for a change if it is time to. Whoever comes first does it; an idle server does nothing.</summary>
    private void Refresh()
    {
        if (Volatile.Read(ref _content).Period is { } period && _clock.IsDue(period))
        {
            Reload();
        }
    }

    private void Reload()
    {
        FileStamp? stamp = FileStamp.Of(_path);
        if (stamp == _stamp)
        {
            return;
        }

        string? problem = TryRead(_path, out Content? content, out bool isUnreadable);
        if (content is not null)
        {
            Volatile.Write(ref _content, content);
            _logger.UsersReloaded(content.Users.Count, _path);
        }
        else if (problem != _lastProblem)
        {
            _logger.UsersNotReloaded(_path, problem!);
        }

        _lastProblem = problem;
        if (!isUnreadable)
        {
            _stamp = stamp; // what may not be read now may be later, without another change
        }
    }

    private sealed record Content(UserTable Users, TimeSpan? Period);
}
