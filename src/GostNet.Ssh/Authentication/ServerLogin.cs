using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using GostNet.Ssh.Keys;
using GostNet.Ssh.Trust;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Authentication;

/// <summary>One login at a server.</summary>
/// <remarks>It keeps nothing of a request but the user name: each request is judged by what it says itself.</remarks>
internal sealed class ServerLogin(ServerAuthenticationSettings settings, IAuthenticationPipe pipe, IPAddress? client, LoginPass? pass)
{
    /// <summary>What longer passwords fail by without being looked at, in bytes.</summary>
    public const int MaxPasswordLength = 1024;

    /// <summary>At which failure the slow answers begin.</summary>
    private const int SlowFrom = 3;

    private const string NoKey = "none";

    /// <summary>How long a refusal takes, counted from the request, so that how long the checks took is not seen.</summary>
    private static readonly TimeSpan QuickRefusal = TimeSpan.FromMilliseconds(5);

    /// <summary>What is added to <see cref="QuickRefusal"/> at most: a part of it, always the same for a user name.</summary>
    private static readonly TimeSpan RefusalSpread = TimeSpan.FromMilliseconds(4);

    private static readonly TimeSpan SlowRefusal = TimeSpan.FromSeconds(1);
    private static readonly byte[] ProcessSecret = RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes);

    private readonly string _peer = client?.ToString() ?? "a client without an address";
    private byte[]? _userNameBytes; // null until the first request
    private string? _userName; // null: nobody can have that name
    private string _shownUserName = "";
    private string _method = "";
    private string? _fingerprint;
    private int _requests;
    private int _failures;
    private bool _isPasswordAsked;

    /// <inheritdoc cref="ServerAuthentication.RunAsync"/>
    public async ValueTask<AuthenticatedUser> RunAsync(CancellationToken cancellationToken)
    {
        bool isIn = false;
        try
        {
            ReadOnlyMemory<byte> first = await pipe.ReceiveAsync(cancellationToken).ConfigureAwait(false);
            await AcceptServiceAsync(first, cancellationToken).ConfigureAwait(false);
            AuthenticatedUser user = await LogInAsync(cancellationToken).ConfigureAwait(false);
            isIn = true;
            return user;
        }
        finally
        {
            if (isIn)
            {
                pass?.Succeeded();
            }
            else if (_failures > 0)
            {
                pass?.Failed();
            }
        }
    }

    private static SshException Unexpected(ReadOnlySpan<byte> payload) => SshException.Protocol(
        payload.IsEmpty ? "The client sent an empty message." : $"The client sent message {payload[0]}, which does not belong there.");

    /// <summary>The name, or nothing if no user can have it: it is not text, or would not be seen as what it is.</summary>
    private static string? DecodeUserName(ReadOnlySpan<byte> name)
    {
        string? decoded = Utf8.IsValid(name) ? Encoding.UTF8.GetString(name) : null;
        return decoded is null || decoded.Any(char.IsControl) ? null : decoded;
    }

    private static SshException UnknownService(string service) => new(
        DisconnectReason.ServiceNotAvailable, ForwardError.ProtocolError, $"There is no service {service}.");

    private static TimeSpan QuickRefusalOf(ReadOnlySpan<byte> userName)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(ProcessSecret, userName, hash);
        return QuickRefusal + (RefusalSpread * (BinaryPrimitives.ReadUInt32LittleEndian(hash) / (double)uint.MaxValue));
    }

    private async ValueTask AcceptServiceAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (payload.IsEmpty || payload.Span[0] != MessageNumber.ServiceRequest)
        {
            throw Unexpected(payload.Span);
        }

        if (!AuthenticationCodec.TryReadService(payload.Span, out string service))
        {
            throw SshException.Protocol("The service request cannot be read.");
        }

        if (service != AuthenticationCodec.LoginService)
        {
            throw UnknownService(service);
        }

        ReadOnlyMemory<byte> reply = AuthenticationCodec.WriteService(MessageNumber.ServiceAccept, service);
        await pipe.SendAsync(reply, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<AuthenticatedUser> LogInAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadOnlyMemory<byte> payload = await pipe.ReceiveAsync(cancellationToken).ConfigureAwait(false);
            long received = settings.Time.GetTimestamp();
            if (++_requests > settings.MaxRequests)
            {
                throw new SshException(
                    DisconnectReason.ProtocolError, ForwardError.AuthenticationFailed, "Too many authentication requests");
            }

            if (payload.Span is [MessageNumber.ServiceRequest, ..])
            {
                await AcceptServiceAsync(payload, cancellationToken).ConfigureAwait(false); // Paramiko asks before every attempt
                continue;
            }

            LoginVerdict verdict = Judge(payload.Span);
            if (verdict.User is { } user)
            {
                await pipe.SendAsync(AuthenticationCodec.WriteSuccess(), cancellationToken).ConfigureAwait(false);
                settings.Logger.LogClientLoggedIn(_peer, _shownUserName, _method, _fingerprint ?? NoKey);
                return user;
            }

            if (verdict.Refusal is { } refusal)
            {
                await RefuseAsync(refusal, received, cancellationToken).ConfigureAwait(false);
            }

            ReadOnlyMemory<byte> reply = verdict.Reply ?? AuthenticationCodec.WriteFailure(OfferedMethods(), isPartial: false);
            await pipe.SendAsync(reply, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes account of a refusal, and waits until it may be told.</summary>
    private async ValueTask RefuseAsync(string reason, long received, CancellationToken cancellationToken)
    {
        if (_requests == 1 && _method == AuthenticationCodec.NoneMethod)
        {
            settings.Logger.LogMethodsAsked(_peer, _shownUserName);
            return;
        }

        _failures++;
        settings.Logger.LogClientRefused(_peer, _shownUserName, _method, _fingerprint ?? NoKey, reason);
        TimeSpan wait = (_failures < SlowFrom ? QuickRefusalOf(_userNameBytes) : SlowRefusal) - settings.Time.GetElapsedTime(received);
        if (wait > TimeSpan.Zero)
        {
            // Timers count whole milliseconds, and would cut the rest off.
            wait = TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
            await Task.Delay(wait, settings.Time, cancellationToken).ConfigureAwait(false);
        }

        if (_failures >= settings.MaxAttempts)
        {
            settings.Logger.LogClientGivenUp(_peer, _failures, _shownUserName);
            throw new SshException(DisconnectReason.ProtocolError, ForwardError.AuthenticationFailed, "Too many authentication failures");
        }
    }

    private List<string> OfferedMethods()
    {
        var methods = new List<string>(capacity: 3);
        if (settings.AuthorizedKeys is not null)
        {
            methods.Add(AuthenticationCodec.PublicKeyMethod);
        }

        if (settings.Authenticator is not null || settings.AllowAnonymous)
        {
            methods.Add(AuthenticationCodec.PasswordMethod);
            methods.Add(AuthenticationCodec.KeyboardMethod);
        }

        return methods;
    }

    private LoginVerdict Judge(ReadOnlySpan<byte> payload)
    {
        bool wasPasswordAsked = _isPasswordAsked;
        _isPasswordAsked = false;
        switch (payload)
        {
            case [MessageNumber.UserAuthRequest, ..]:
                return JudgeRequest(payload);
            case [MessageNumber.UserAuthInfoResponse, ..] when wasPasswordAsked:
                return !AuthenticationCodec.TryReadInfoResponse(payload, out int count, out ReadOnlySpan<byte> answer) || count != 1
                    ? LoginVerdict.Refuse("the answer cannot be read")
                    : JudgePassword(answer);
            default:
                throw Unexpected(payload);
        }
    }

    private LoginVerdict JudgeRequest(ReadOnlySpan<byte> payload)
    {
        if (!AuthenticationCodec.TryReadRequest(payload, out UserAuthRequest request))
        {
            throw SshException.Protocol("The login request cannot be read.");
        }

        if (request.Service != AuthenticationCodec.ConnectionService)
        {
            throw UnknownService(request.Service);
        }

        if (_userNameBytes is null)
        {
            _userNameBytes = request.UserName.ToArray();
            _userName = DecodeUserName(request.UserName);
            _shownUserName = PeerText.Escape(request.UserName);
        }
        else if (!request.UserName.SequenceEqual(_userNameBytes))
        {
            throw SshException.Protocol("The user name must not change from one request to the next.");
        }

        _fingerprint = null;
        _method = request.Method; // visible ASCII, as all names here
        return request.Method switch
        {
            AuthenticationCodec.NoneMethod => JudgeNone(),
            AuthenticationCodec.PasswordMethod => JudgePasswordRequest(request.Fields),
            AuthenticationCodec.KeyboardMethod => JudgeKeyboardRequest(request.Fields),
            AuthenticationCodec.PublicKeyMethod => JudgePublicKey(request),
            _ => LoginVerdict.Refuse("there is no such method"),
        };
    }

    private LoginVerdict JudgeNone() => settings.AllowAnonymous && _userName is not null
        ? Accept(settings.Permissions)
        : LoginVerdict.Refuse("a login is wanted");

    private LoginVerdict JudgePasswordRequest(ReadOnlySpan<byte> fields)
    {
        if (!AuthenticationCodec.TryReadPassword(fields, out ReadOnlySpan<byte> password, out _, out bool isChange))
        {
            return LoginVerdict.Refuse("the request cannot be read");
        }

        return isChange ? LoginVerdict.Refuse("passwords are not changed here") : JudgePassword(password);
    }

    private LoginVerdict JudgeKeyboardRequest(ReadOnlySpan<byte> fields)
    {
        if (!AuthenticationCodec.TryReadKeyboardInteractive(fields))
        {
            return LoginVerdict.Refuse("the request cannot be read");
        }

        if (settings is { Authenticator: null, AllowAnonymous: false })
        {
            return LoginVerdict.Refuse("no passwords are taken");
        }

        _isPasswordAsked = true;
        return LoginVerdict.Answer(AuthenticationCodec.WriteInfoRequest("Password: "));
    }

    private LoginVerdict JudgePassword(ReadOnlySpan<byte> password)
    {
        if (password.Length > MaxPasswordLength || !Utf8.IsValid(password))
        {
            return LoginVerdict.Refuse("the password is too long, or not text");
        }

        if (_userName is null)
        {
            return LoginVerdict.Refuse("nobody can have that name");
        }

        if (settings.AllowAnonymous)
        {
            return Accept(settings.Permissions);
        }

        if (settings.Authenticator is not { } authenticator)
        {
            return LoginVerdict.Refuse("no passwords are taken");
        }

        return authenticator.Authenticate(_userName, Encoding.UTF8.GetString(password))
            ? Accept(settings.Permissions)
            : LoginVerdict.Refuse("the user name or the password is wrong");
    }

    private LoginVerdict JudgePublicKey(UserAuthRequest request)
    {
        if (settings.AuthorizedKeys is not { } authorizedKeys)
        {
            return LoginVerdict.Refuse("no keys are taken");
        }

        if (!AuthenticationCodec.TryReadPublicKey(request.Fields, out PublicKeyFields fields))
        {
            return LoginVerdict.Refuse("the request cannot be read");
        }

        if (!PublicKeys.TryRead(fields.Blob, out SshPublicKey? key, out string? problem))
        {
            return LoginVerdict.Refuse(problem);
        }

        _fingerprint = KeyFingerprint.Sha256(fields.Blob);
        if (!key.Algorithms.Contains(fields.Algorithm) || (fields.Algorithm == KeyAlgorithms.Rsa && !settings.AllowLegacy))
        {
            return LoginVerdict.Refuse($"{fields.Algorithm} is not taken of a key of type {key.Type}");
        }

        if (_userName is null)
        {
            return LoginVerdict.Refuse("nobody can have that name");
        }

        if (authorizedKeys.Find(_userName, key, client) is not { } permissions)
        {
            return LoginVerdict.Refuse("the key may not log in");
        }

        if (!fields.HasSignature)
        {
            settings.Logger.LogKeyWouldDo(_peer, _shownUserName, _fingerprint);
            return LoginVerdict.Answer(AuthenticationCodec.WriteKeyAccepted(fields.Algorithm, fields.Blob));
        }

        ReadOnlyMemory<byte> data = AuthenticationCodec.WriteSignedData(
            pipe.SessionId.Span, request.UserName, request.Service, fields.Algorithm, fields.Blob);
        return key.Verify(fields.Algorithm, data.Span, fields.Signature)
            ? Accept(permissions)
            : LoginVerdict.Refuse("the signature is not valid");
    }

    private LoginVerdict Accept(IForwardPermissions permissions) =>
        LoginVerdict.Accept(new AuthenticatedUser(_userName!, permissions, _method, _fingerprint));
}
