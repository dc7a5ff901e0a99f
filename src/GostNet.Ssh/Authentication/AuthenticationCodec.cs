using System.Text;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Authentication;

/// <summary>The messages of a login (RFC 4252, 4253 section 10, 4256; ssh, section 2.8).</summary>
/// <remarks>Payloads are read from the message number on, which the caller has looked at. Whatever does not fit is a "no".</remarks>
internal static class AuthenticationCodec
{
    /// <summary>The service that a login is.</summary>
    public const string LoginService = "ssh-userauth";

    /// <summary>The service that a login is for.</summary>
    public const string ConnectionService = "ssh-connection";

    public const string NoneMethod = "none";
    public const string PasswordMethod = "password";
    public const string PublicKeyMethod = "publickey";
    public const string KeyboardMethod = "keyboard-interactive";

    /// <summary>The longest user name, in bytes.</summary>
    public const int MaxUserNameLength = 255;

    /// <summary>The longest name of a service, method or algorithm.</summary>
    public const int MaxNameLength = 64;

    /// <summary>The longest list of methods, in bytes.</summary>
    public const int MaxListLength = 8 * 1024;

    /// <summary>How many methods of a list are looked at.</summary>
    public const int MaxMethods = 32;

    /// <summary>The most questions, or answers, in one message of the method <c>keyboard-interactive</c>.</summary>
    public const int MaxPrompts = 32;

    /// <summary>Writes a SERVICE_REQUEST or SERVICE_ACCEPT.</summary>
    public static ReadOnlyMemory<byte> WriteService(byte number, string service) => SshWriter.Message(number).Text(service).WrittenMemory;

    /// <summary>Reads a SERVICE_REQUEST or SERVICE_ACCEPT.</summary>
    public static bool TryReadService(ReadOnlySpan<byte> payload, out string service)
    {
        SshReader reader = Begin(payload);
        return reader.TryReadName(MaxNameLength, out service) && reader.IsAtEnd;
    }

    /// <summary>Reads the head of a USERAUTH_REQUEST.</summary>
    public static bool TryReadRequest(ReadOnlySpan<byte> payload, out UserAuthRequest request)
    {
        request = default;
        SshReader reader = Begin(payload);
        if (!reader.TryReadString(out ReadOnlySpan<byte> userName)
            || userName.Length > MaxUserNameLength
            || !reader.TryReadName(MaxNameLength, out string service)
            || !reader.TryReadName(MaxNameLength, out string method))
        {
            return false;
        }

        request = new() { UserName = userName, Service = service, Method = method, Fields = reader.Rest };
        return true;
    }

    /// <summary>Writes a request of the method <c>none</c>.</summary>
    public static ReadOnlyMemory<byte> WriteNone(string userName) => BeginRequest(userName, NoneMethod).WrittenMemory;

    /// <summary>Reads what follows the head in the method <c>password</c>.</summary>
    /// <param name="fields">From behind the head on.</param>
    /// <param name="password">The password; if it is to be changed, the old one.</param>
    /// <param name="newPassword">The new one, if <paramref name="isChange"/>.</param>
    /// <param name="isChange">Whether the password is to be changed.</param>
    public static bool TryReadPassword(
        ReadOnlySpan<byte> fields, out ReadOnlySpan<byte> password, out ReadOnlySpan<byte> newPassword, out bool isChange)
    {
        password = newPassword = default;
        var reader = new SshReader(fields);
        return reader.TryReadBoolean(out isChange)
            && reader.TryReadString(out password)
            && (!isChange || reader.TryReadString(out newPassword))
            && reader.IsAtEnd;
    }

    /// <summary>Writes a request of the method <c>password</c>.</summary>
    /// <returns>A secret: to be cleared when it is sent.</returns>
    public static SshWriter WritePassword(string userName, string password) =>
        BeginRequest(userName, PasswordMethod).Boolean(false).Text(password);

    /// <summary>Reads what follows the head in the method <c>publickey</c>.</summary>
    public static bool TryReadPublicKey(ReadOnlySpan<byte> fields, out PublicKeyFields key)
    {
        key = default;
        ReadOnlySpan<byte> signature = default;
        var reader = new SshReader(fields);
        if (!reader.TryReadBoolean(out bool hasSignature)
            || !reader.TryReadName(MaxNameLength, out string algorithm)
            || !reader.TryReadString(out ReadOnlySpan<byte> blob)
            || (hasSignature && !reader.TryReadString(out signature))
            || !reader.IsAtEnd)
        {
            return false;
        }

        key = new() { Algorithm = algorithm, Blob = blob, HasSignature = hasSignature, Signature = signature };
        return true;
    }

    /// <summary>Writes the question whether a key would do.</summary>
    public static ReadOnlyMemory<byte> WriteKeyQuery(string userName, string algorithm, ReadOnlySpan<byte> blob) =>
        BeginRequest(userName, PublicKeyMethod).Boolean(false).Text(algorithm).String(blob).WrittenMemory;

    /// <summary>Writes a login by key.</summary>
    public static ReadOnlyMemory<byte> WriteSignedRequest(
        string userName, string algorithm, ReadOnlySpan<byte> blob, ReadOnlySpan<byte> signature) =>
        BeginRequest(userName, PublicKeyMethod).Boolean(true).Text(algorithm).String(blob).String(signature).WrittenMemory;

    /// <summary>What is signed: the request up to the signature, bound to the connection by the session id.</summary>
    public static ReadOnlyMemory<byte> WriteSignedData(
        ReadOnlySpan<byte> sessionId, ReadOnlySpan<byte> userName, string service, string algorithm, ReadOnlySpan<byte> blob) =>
        new SshWriter()
            .String(sessionId)
            .Byte(MessageNumber.UserAuthRequest)
            .String(userName)
            .Text(service)
            .Text(PublicKeyMethod)
            .Boolean(true)
            .Text(algorithm)
            .String(blob)
            .WrittenMemory;

    /// <summary>Reads what follows the head in the method <c>keyboard-interactive</c>: a language and hints, which do not matter.</summary>
    public static bool TryReadKeyboardInteractive(ReadOnlySpan<byte> fields)
    {
        var reader = new SshReader(fields);
        return reader.TryReadString(out _) && reader.TryReadString(out _) && reader.IsAtEnd;
    }

    /// <summary>Writes a request of the method <c>keyboard-interactive</c>.</summary>
    public static ReadOnlyMemory<byte> WriteKeyboardInteractive(string userName) =>
        BeginRequest(userName, KeyboardMethod).Text("").Text("").WrittenMemory;

    /// <summary>Reads a USERAUTH_FAILURE.</summary>
    /// <param name="payload">The message.</param>
    /// <param name="methods">What may still be tried, as far as it can be a method's name.</param>
    /// <param name="isPartial">Whether the request was right, and another one is wanted beside it.</param>
    public static bool TryReadFailure(ReadOnlySpan<byte> payload, out IReadOnlyList<string> methods, out bool isPartial)
    {
        methods = [];
        isPartial = false;
        SshReader reader = Begin(payload);
        if (!reader.TryReadString(out ReadOnlySpan<byte> list)
            || list.Length > MaxListLength
            || !reader.TryReadBoolean(out isPartial)
            || !reader.IsAtEnd)
        {
            return false;
        }

        var names = new List<string>();
        foreach (Range range in list.Split((byte)','))
        {
            ReadOnlySpan<byte> name = list[range];
            if (names.Count < MaxMethods
                && name.Length is > 0 and <= MaxNameLength
                && !name.ContainsAnyExceptInRange((byte)0x21, (byte)0x7e))
            {
                names.Add(Encoding.ASCII.GetString(name));
            }
        }

        methods = names;
        return true;
    }

    /// <summary>Writes a USERAUTH_FAILURE.</summary>
    public static ReadOnlyMemory<byte> WriteFailure(IEnumerable<string> methods, bool isPartial) =>
        SshWriter.Message(MessageNumber.UserAuthFailure).NameList(methods).Boolean(isPartial).WrittenMemory;

    /// <summary>Writes a USERAUTH_SUCCESS.</summary>
    public static ReadOnlyMemory<byte> WriteSuccess() => SshWriter.Message(MessageNumber.UserAuthSuccess).WrittenMemory;

    /// <summary>Reads the text of a USERAUTH_BANNER, or of a PASSWD_CHANGEREQ, which looks the same; the language is passed over.</summary>
    public static bool TryReadText(ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> text)
    {
        SshReader reader = Begin(payload);
        return reader.TryReadString(out text) && reader.TryReadString(out _) && reader.IsAtEnd;
    }

    /// <summary>Writes a USERAUTH_BANNER or a PASSWD_CHANGEREQ.</summary>
    public static ReadOnlyMemory<byte> WriteText(byte number, string text) => SshWriter.Message(number).Text(text).Text("").WrittenMemory;

    /// <summary>Reads a USERAUTH_PK_OK.</summary>
    public static bool TryReadKeyAccepted(ReadOnlySpan<byte> payload, out string algorithm, out ReadOnlySpan<byte> blob)
    {
        blob = default;
        SshReader reader = Begin(payload);
        return reader.TryReadName(MaxNameLength, out algorithm) && reader.TryReadString(out blob) && reader.IsAtEnd;
    }

    /// <summary>Writes a USERAUTH_PK_OK.</summary>
    public static ReadOnlyMemory<byte> WriteKeyAccepted(string algorithm, ReadOnlySpan<byte> blob) =>
        SshWriter.Message(MessageNumber.UserAuthMethod60).Text(algorithm).String(blob).WrittenMemory;

    /// <summary>Reads a USERAUTH_INFO_REQUEST.</summary>
    public static bool TryReadInfoRequest(ReadOnlySpan<byte> payload, out InfoRequest request)
    {
        request = default;
        SshReader reader = Begin(payload);
        if (!reader.TryReadString(out _) // a name,
            || !reader.TryReadString(out _) // an instruction,
            || !reader.TryReadString(out _) // a language: none matters to who knows the one answer
            || !reader.TryReadUInt32(out uint count)
            || count > MaxPrompts)
        {
            return false;
        }

        ReadOnlySpan<byte> prompt = default;
        bool isEchoed = false;
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadString(out ReadOnlySpan<byte> next) || !reader.TryReadBoolean(out bool isNextEchoed))
            {
                return false;
            }

            if (i == 0)
            {
                prompt = next;
                isEchoed = isNextEchoed;
            }
        }

        request = new() { PromptCount = (int)count, Prompt = prompt, IsEchoed = isEchoed };
        return reader.IsAtEnd;
    }

    /// <summary>Writes a USERAUTH_INFO_REQUEST of one question, the answer to which is a secret.</summary>
    public static ReadOnlyMemory<byte> WriteInfoRequest(string prompt) =>
        SshWriter.Message(MessageNumber.UserAuthMethod60).Text("").Text("").Text("").UInt32(1).Text(prompt).Boolean(false).WrittenMemory;

    /// <summary>Reads a USERAUTH_INFO_RESPONSE.</summary>
    /// <param name="payload">The message.</param>
    /// <param name="count">How many answers there are.</param>
    /// <param name="answer">The first of them.</param>
    public static bool TryReadInfoResponse(ReadOnlySpan<byte> payload, out int count, out ReadOnlySpan<byte> answer)
    {
        answer = default;
        count = 0;
        SshReader reader = Begin(payload);
        if (!reader.TryReadUInt32(out uint announced) || announced > MaxPrompts)
        {
            return false;
        }

        for (count = 0; count < announced; count++)
        {
            if (!reader.TryReadString(out ReadOnlySpan<byte> next))
            {
                return false;
            }

            answer = count == 0 ? next : answer;
        }

        return reader.IsAtEnd;
    }

    /// <summary>Writes a USERAUTH_INFO_RESPONSE.</summary>
    /// <param name="answer">The one answer; <see langword="null"/> if nothing was asked.</param>
    /// <returns>A secret: to be cleared when it is sent.</returns>
    public static SshWriter WriteInfoResponse(string? answer)
    {
        SshWriter writer = SshWriter.Message(MessageNumber.UserAuthInfoResponse).UInt32(answer is null ? 0u : 1u);
        return answer is null ? writer : writer.Text(answer);
    }

    private static SshReader Begin(ReadOnlySpan<byte> payload) => new(payload.IsEmpty ? payload : payload[1..]);

    private static SshWriter BeginRequest(string userName, string method) =>
        SshWriter.Message(MessageNumber.UserAuthRequest).Text(userName).Text(ConnectionService).Text(method);
}
