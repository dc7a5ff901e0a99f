using System.Net;
using GostNet.Diagnostics;
using GostNet.Protocols.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GostNet;

/// <summary>Makes authenticators for proxy servers.</summary>
public static class Authenticators
{
    /// <summary>Lets users in by user name and password. Both are compared in constant time.</summary>
    /// <param name="users">The users; they are copied. None has an empty password.</param>
    /// <exception cref="ArgumentException">There is no user, or one without a name or a password.</exception>
    public static IAuthenticator Users(params IEnumerable<NetworkCredential> users)
    {
        ArgumentNullException.ThrowIfNull(users);
        return new UserTable(users);
    }

    /// <summary>Lets the users of a file in: a line is a user and a password, with blanks between them (GOST's <c>secrets</c>).</summary>
    /// <remarks>A line <c>reload 10s</c> has the file read anew when it has changed; it is looked at that often, and when somebody logs in.
    /// Without such a line it is read once. Lines that begin with <c>#</c> do not count. A file that is missing or wrong later on leaves
    /// the users as they are.</remarks>
    /// <param name="path">The file. It is read now.</param>
    /// <param name="timeProvider">The clock of reloads; the system's if <see langword="null"/>.</param>
    /// <param name="loggerFactory">Is told of reloads. Stays the caller's.</param>
    /// <exception cref="ForwardException">The file cannot be read, has no user, or one without a password.</exception>
    public static IAuthenticator SecretsFile(string path, TimeProvider? timeProvider = null, ILoggerFactory? loggerFactory = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ILogger logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger(LogCategories.Forward);
        return Protocols.Authentication.SecretsFile.TryOpen(
            path, timeProvider ?? TimeProvider.System, logger, out SecretsFile? file, out string? problem)
            ? file
            : throw new ForwardException($"The users in '{path}' cannot be used: {problem}");
    }
}
