using System.Buffers;
using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Unicode;

namespace GostNet.Protocols.Http;

/// <summary>Reads the Basic login in an Authorization field (RFC 7617).</summary>
internal static class BasicLogin
{
    private static ReadOnlySpan<byte> Scheme => "Basic"u8;

    /// <summary>Writes the value of the field.</summary>
    /// <returns>It, or <see langword="null"/> if there is no login.</returns>
    /// <exception cref="ArgumentException">The user name has a colon, or either text a control character.</exception>
    public static string? Write(NetworkCredential? credential)
    {
        if (credential is null)
        {
            return null;
        }

        // RFC 7617, section 2: the first colon ends the user name, and neither part has control characters.
        if (credential.UserName.Contains(':'))
        {
            throw new ArgumentException("The user name has a colon, which a Basic login cannot carry.", nameof(credential));
        }

        string login = $"{credential.UserName}:{credential.Password}";
        return login.Any(char.IsControl)
            ? throw new ArgumentException("The user name or the password has control characters.", nameof(credential))
            : $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(login))}";
    }

    /// <summary>Checks the other text that a client tells a proxy about itself.</summary>
    /// <exception cref="ArgumentException">A header line cannot carry it.</exception>
    public static string CheckUserAgent(string userAgent) => Ascii.IsValid(userAgent) && !userAgent.Any(char.IsControl)
        ? userAgent
        : throw new ArgumentException("The user agent has characters that a header line cannot carry.", nameof(userAgent));

    /// <summary>Reads user and password.</summary>
    /// <param name="value">The field's value. The scheme may be in any case: GOST's is case-sensitive.</param>
    /// <param name="userName">The user.</param>
    /// <param name="password">The password.</param>
    /// <returns>Whether it is a Basic login: Base64 of UTF-8 with a colon in it.</returns>
    public static bool TryRead(ReadOnlySpan<byte> value, out string userName, out string password)
    {
        userName = "";
        password = "";
        if (value.Length <= Scheme.Length || value[Scheme.Length] != (byte)' ' || !Ascii.EqualsIgnoreCase(value[..Scheme.Length], Scheme))
        {
            return false;
        }

        ReadOnlySpan<byte> encoded = value[Scheme.Length..].TrimStart((byte)' ');
        if (encoded.ContainsAny((byte)' ', (byte)'\t'))
        {
            return false; // the decoder would skip them
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(Base64.GetMaxDecodedFromUtf8Length(encoded.Length));
        try
        {
            if (Base64.DecodeFromUtf8(encoded, buffer, out _, out int length) != OperationStatus.Done)
            {
                return false;
            }

            ReadOnlySpan<byte> login = buffer.AsSpan(0, length);
            int colon = login.IndexOf((byte)':');
            if (colon < 0 || !Utf8.IsValid(login))
            {
                return false;
            }

            userName = Encoding.UTF8.GetString(login[..colon]);
            password = Encoding.UTF8.GetString(login[(colon + 1)..]);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }
}
