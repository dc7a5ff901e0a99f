using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace GostNet.Protocols.Authentication;

/// <summary>A fixed list of users and their passwords.</summary>
/// <remarks>It keeps a digest of each pair, and compares what it is asked with all of them in a time that depends on neither. How long an
/// answer takes tells nothing about whether there is such a user, nor how long the password is.</remarks>
internal sealed class UserTable : IAuthenticator
{
    private const int StackBytes = 1024;

    private readonly byte[] _digests;

    /// <summary>Makes a table of one user.</summary>
    /// <exception cref="ArgumentException">The name or the password is empty.</exception>
    public UserTable(string userName, string password)
        : this([new NetworkCredential(userName, password)])
    {
    }

    /// <summary>Makes a table of users. Of two passwords for one name the last counts, as in GOST.</summary>
    /// <exception cref="ArgumentException">There is no user, or one without a name or a password: GOST lets everybody in then
    /// (gost-nodes, section 6, F3).</exception>
    public UserTable(IEnumerable<NetworkCredential> users)
    {
        var passwords = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (NetworkCredential user in users)
        {
            if (user.UserName.Length == 0 || user.Password.Length == 0)
            {
                throw new ArgumentException("A user has no name or no password.", nameof(users));
            }

            passwords[user.UserName] = user.Password;
        }

        if (passwords.Count == 0)
        {
            throw new ArgumentException("There are no users.", nameof(users));
        }

        Count = passwords.Count;
        _digests = new byte[Count * SHA256.HashSizeInBytes];
        int position = 0;
        foreach ((string userName, string password) in passwords)
        {
            Digest(userName, password, _digests.AsSpan(position, SHA256.HashSizeInBytes));
            position += SHA256.HashSizeInBytes;
        }
    }

    /// <summary>How many users there are.</summary>
    public int Count { get; }

    /// <inheritdoc/>
    public bool Authenticate(string userName, string password)
    {
        ArgumentNullException.ThrowIfNull(userName);
        ArgumentNullException.ThrowIfNull(password);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        Digest(userName, password, digest);
        bool isKnown = false;
        for (ReadOnlySpan<byte> rest = _digests; !rest.IsEmpty; rest = rest[SHA256.HashSizeInBytes..])
        {
            isKnown |= CryptographicOperations.FixedTimeEquals(rest[..SHA256.HashSizeInBytes], digest);
        }

        return isKnown;
    }

    /// <summary>The digest of a pair. The length of the name in front keeps "ab" + "c" apart from "a" + "bc".</summary>
    private static void Digest(string userName, string password, Span<byte> digest)
    {
        ReadOnlySpan<byte> first = MemoryMarshal.AsBytes(userName.AsSpan());
        ReadOnlySpan<byte> second = MemoryMarshal.AsBytes(password.AsSpan());
        int length = sizeof(int) + first.Length + second.Length;
        Span<byte> message = length <= StackBytes ? stackalloc byte[StackBytes] : new byte[length];
        message = message[..length];
        BinaryPrimitives.WriteInt32LittleEndian(message, first.Length);
        first.CopyTo(message[sizeof(int)..]);
        second.CopyTo(message[(sizeof(int) + first.Length)..]);
        SHA256.HashData(message, digest);
        CryptographicOperations.ZeroMemory(message);
    }
}
