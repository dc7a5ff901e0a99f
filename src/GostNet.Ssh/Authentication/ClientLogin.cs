using System.Text;
using GostNet.Ssh.Keys;
using GostNet.Ssh.Wire;
using Microsoft.Extensions.Logging;

namespace GostNet.Ssh.Authentication;

/// <summary>One login of a client.</summary>
internal sealed class ClientLogin(ClientAuthenticationSettings settings, IAuthenticationPipe pipe)
{
    /// <summary>So many lines of a server are logged for everybody to see, the others for who looks closely.</summary>
    private const int ShownBannerLines = 20;

    private readonly List<string> _tried = [];
    private readonly List<string> _notes = [];
    private IReadOnlyList<string>? _offered; // null: not told yet
    private List<ISshSigner>? _keys;
    private int _nextKey;
    private int _keysOffered;
    private int _partialSuccesses;
    private int _bannerLines;
    private bool _isNoneTried;
    private bool _isPasswordTried;
    private bool _isKeyboardTried;
    private bool _isCredentialTried;

    /// <inheritdoc cref="ClientAuthentication.RunAsync"/>
    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RequestServiceAsync(cancellationToken).ConfigureAwait(false);
            while (true)
            {
                // Each turn uses something up: "none", a key, or the password until the next of a few partial successes.
                (bool isIn, string method) = await TryNextAsync(cancellationToken).ConfigureAwait(false);
                if (isIn)
                {
                    settings.Logger.LogLoggedIn(Shown(settings.UserName), settings.Server, method);
                    return;
                }
            }
        }
        catch (SshException e) when (e.Error == ForwardError.ConnectionClosed && _tried.Count > 0 && _isCredentialTried)
        {
            throw Failure(e.Message, e); // servers let go of whom they have refused a few times
        }
    }

    private static string Shown(string text) => PeerText.Escape(Encoding.UTF8.GetBytes(text));

    private static SshException Unexpected(ReadOnlySpan<byte> payload) => SshException.Protocol(
        payload.IsEmpty ? "The server sent an empty message." : $"The server sent message {payload[0]}, which does not belong there.");

    private async ValueTask RequestServiceAsync(CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> request = AuthenticationCodec.WriteService(MessageNumber.ServiceRequest, AuthenticationCodec.LoginService);
        await pipe.SendAsync(request, cancellationToken).ConfigureAwait(false);
        ReadOnlyMemory<byte> reply = await pipe.ReceiveAsync(cancellationToken).ConfigureAwait(false);
        if (reply.IsEmpty || reply.Span[0] != MessageNumber.ServiceAccept)
        {
            throw Unexpected(reply.Span);
        }

        // Some servers leave the name out.
        if (reply.Length > 1
            && (!AuthenticationCodec.TryReadService(reply.Span, out string service) || service != AuthenticationCodec.LoginService))
        {
            throw SshException.Protocol("The server accepted a service that it was not asked for.");
        }
    }

    private async ValueTask<(bool IsIn, string Method)> TryNextAsync(CancellationToken cancellationToken)
    {
        // "none" tells what the server takes, and costs no attempt as the first. One key that will be signed with at once does so, too. A
        // password never comes first: there are servers without users that fall over it.
        if (_offered is null && !(_tried.Count == 0 && SignsAtOnce()))
        {
            return (await TryNoneAsync(cancellationToken).ConfigureAwait(false), AuthenticationCodec.NoneMethod);
        }

        if (IsOffered(AuthenticationCodec.PublicKeyMethod)
            && await NextKeyAsync(cancellationToken).ConfigureAwait(false) is var (signer, algorithm))
        {
            return (await TryKeyAsync(signer, algorithm, cancellationToken).ConfigureAwait(false), AuthenticationCodec.PublicKeyMethod);
        }

        if (settings.Password is { } password)
        {
            if (!_isPasswordTried && IsOffered(AuthenticationCodec.PasswordMethod))
            {
                return (await TryPasswordAsync(password, cancellationToken).ConfigureAwait(false), AuthenticationCodec.PasswordMethod);
            }

            if (!_isKeyboardTried
                && !IsOffered(AuthenticationCodec.PasswordMethod)
                && IsOffered(AuthenticationCodec.KeyboardMethod))
            {
                return (await TryKeyboardAsync(password, cancellationToken).ConfigureAwait(false), AuthenticationCodec.KeyboardMethod);
            }
        }

        // A server without users may have refused a key, and let everybody in.
        return _isNoneTried
            ? throw Failure()
            : (await TryNoneAsync(cancellationToken).ConfigureAwait(false), AuthenticationCodec.NoneMethod);
    }

    private bool SignsAtOnce() =>
        settings is { Signers: [var signer], ListAgentKeys: null } && ChooseAlgorithm(signer.PublicKey) is not null;

    private bool IsOffered(string method) => _offered is null || _offered.Contains(method);

    private async ValueTask<bool> TryNoneAsync(CancellationToken cancellationToken)
    {
        _isNoneTried = true;
        await pipe.SendAsync(AuthenticationCodec.WriteNone(settings.UserName), cancellationToken).ConfigureAwait(false);
        ReadOnlyMemory<byte> reply = await ReceiveAsync(cancellationToken).ConfigureAwait(false);
        return Conclude(reply.Span, AuthenticationCodec.NoneMethod) ?? throw Unexpected(reply.Span);
    }

    private async ValueTask<bool> TryPasswordAsync(string password, CancellationToken cancellationToken)
    {
        _isPasswordTried = true;
        await SendSecretAsync(AuthenticationCodec.WritePassword(settings.UserName, password), cancellationToken).ConfigureAwait(false);
        ReadOnlyMemory<byte> reply = await ReceiveAsync(cancellationToken).ConfigureAwait(false);
        _isCredentialTried = true;
        if (reply.Span[0] == MessageNumber.UserAuthMethod60)
        {
            _tried.Add(AuthenticationCodec.PasswordMethod);
            throw AuthenticationCodec.TryReadText(reply.Span, out ReadOnlySpan<byte> prompt)
                ? Failure($"The server wants the password to be changed first, and says: {PeerText.Escape(prompt)}")
                : Unexpected(reply.Span);
        }

        return Conclude(reply.Span, AuthenticationCodec.PasswordMethod) ?? throw Unexpected(reply.Span);
    }

    /// <summary>Answers the one question that can only be the one for the password.</summary>
    private async ValueTask<bool> TryKeyboardAsync(string password, CancellationToken cancellationToken)
    {
        _isKeyboardTried = true;
        bool isAnswered = false;
        await pipe.SendAsync(AuthenticationCodec.WriteKeyboardInteractive(settings.UserName), cancellationToken).ConfigureAwait(false);
        for (int round = 0; round < ClientAuthentication.MaxPartialSuccesses; round++)
        {
            ReadOnlyMemory<byte> reply = await ReceiveAsync(cancellationToken).ConfigureAwait(false);
            _isCredentialTried |= isAnswered;
            if (reply.Span[0] != MessageNumber.UserAuthMethod60)
            {
                return Conclude(reply.Span, AuthenticationCodec.KeyboardMethod) ?? throw Unexpected(reply.Span);
            }

            string? answer = ChooseAnswer(reply.Span, password, isAnswered);
            isAnswered |= answer is not null;
            await SendSecretAsync(AuthenticationCodec.WriteInfoResponse(answer), cancellationToken).ConfigureAwait(false);
        }

        throw SshException.Protocol("The server asks without end, and without a question.");
    }

    /// <summary>The answer to an INFO_REQUEST; <see langword="null"/> if it asks nothing.</summary>
    private string? ChooseAnswer(ReadOnlySpan<byte> payload, string password, bool isAnswered)
    {
        if (!AuthenticationCodec.TryReadInfoRequest(payload, out InfoRequest request))
        {
            throw SshException.Protocol("The server asks too many questions, or they cannot be read.");
        }

        if (request.PromptCount == 0)
        {
            return null;
        }

        if (request is { PromptCount: 1, IsEchoed: false } && !isAnswered)
        {
            return password;
        }

        _tried.Add(AuthenticationCodec.KeyboardMethod);
        throw Failure($"The server asks for more than the password: {PeerText.Escape(request.Prompt)}");
    }

    private async ValueTask<bool> TryKeyAsync(ISshSigner signer, string algorithm, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> blob = signer.PublicKey.Blob;
        string method = $"{AuthenticationCodec.PublicKeyMethod} {KeyFingerprint.Sha256(blob.Span)}";
        _keysOffered++;
        _isCredentialTried = true;
        if (_keys is not [_])
        {
            ReadOnlyMemory<byte> query = AuthenticationCodec.WriteKeyQuery(settings.UserName, algorithm, blob.Span);
            await pipe.SendAsync(query, cancellationToken).ConfigureAwait(false);
            ReadOnlyMemory<byte> answer = await ReceiveAsync(cancellationToken).ConfigureAwait(false);
            if (answer.Span[0] != MessageNumber.UserAuthMethod60)
            {
                return Conclude(answer.Span, method) ?? throw Unexpected(answer.Span);
            }

            if (!AuthenticationCodec.TryReadKeyAccepted(answer.Span, out string acceptedAlgorithm, out ReadOnlySpan<byte> acceptedBlob)
                || acceptedAlgorithm != algorithm
                || !acceptedBlob.SequenceEqual(blob.Span))
            {
                throw SshException.Protocol("The server accepted a key that it was not asked about.");
            }
        }

        ReadOnlyMemory<byte> data = AuthenticationCodec.WriteSignedData(
            pipe.SessionId.Span,
            Encoding.UTF8.GetBytes(settings.UserName),
            AuthenticationCodec.ConnectionService,
            algorithm,
            blob.Span);
        byte[] signature;
        try
        {
            signature = await signer.SignAsync(algorithm, data, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            settings.Logger.LogKeyFailed(Shown(signer.Name), settings.Server, e.Message);
            _tried.Add($"{method} (which could not sign: {e.Message})");
            return false;
        }

        ReadOnlyMemory<byte> request = AuthenticationCodec.WriteSignedRequest(settings.UserName, algorithm, blob.Span, signature);
        await pipe.SendAsync(request, cancellationToken).ConfigureAwait(false);
        ReadOnlyMemory<byte> reply = await ReceiveAsync(cancellationToken).ConfigureAwait(false);
        return Conclude(reply.Span, method) ?? throw Unexpected(reply.Span);
    }

    private async ValueTask<(ISshSigner Signer, string Algorithm)?> NextKeyAsync(CancellationToken cancellationToken)
    {
        _keys ??= await ListKeysAsync(cancellationToken).ConfigureAwait(false);
        while (_nextKey < _keys.Count)
        {
            ISshSigner signer = _keys[_nextKey++];
            string? algorithm = ChooseAlgorithm(signer.PublicKey);
            if (algorithm is not null && _keysOffered < ClientAuthentication.MaxKeys)
            {
                return (signer, algorithm);
            }

            string reason = algorithm is null
                ? $"the server takes no signature of its type, {signer.PublicKey.Type}"
                : $"{ClientAuthentication.MaxKeys} are enough";
            settings.Logger.LogKeySkipped(Shown(signer.Name), settings.Server, reason);
            if (_notes.Count < ClientAuthentication.MaxKeys)
            {
                _notes.Add($"The key {Shown(signer.Name)} was not tried: {reason}.");
            }
        }

        return null;
    }

    /// <summary>All keys, each once.</summary>
    private async ValueTask<List<ISshSigner>> ListKeysAsync(CancellationToken cancellationToken)
    {
        List<ISshSigner> keys = [.. settings.Signers];
        if (settings.ListAgentKeys is { } list)
        {
            try
            {
                foreach (ISshSigner signer in await list(cancellationToken).ConfigureAwait(false))
                {
                    if (!keys.Exists(key => key.PublicKey.Blob.Span.SequenceEqual(signer.PublicKey.Blob.Span)))
                    {
                        keys.Add(signer);
                    }
                }
            }
            catch (IOException e)
            {
                settings.Logger.LogAgentFailed(settings.Server, e.Message);
                _notes.Add($"The keys of the agent were not tried: {e.Message}");
            }
        }

        return keys;
    }

    /// <summary>What to sign by: the best of the key that the server takes.</summary>
    private string? ChooseAlgorithm(SshPublicKey key)
    {
        IReadOnlyList<string> algorithms = key.Algorithms;
        IReadOnlyList<string>? taken = pipe.ServerSignatureAlgorithms;
        if (key.Type != KeyAlgorithms.Rsa)
        {
            return algorithms.FirstOrDefault(algorithm => taken is null || taken.Contains(algorithm));
        }

        if (taken is null)
        {
            // A server that does not tell is old: it knows SHA-1 for certain, and SHA-256 perhaps.
            return settings.AllowLegacy ? KeyAlgorithms.Rsa : KeyAlgorithms.RsaSha256;
        }

        return algorithms.FirstOrDefault(
            algorithm => taken.Contains(algorithm) && (algorithm != KeyAlgorithms.Rsa || settings.AllowLegacy));
    }

    /// <summary>Sends what is a secret, and overwrites it.</summary>
    private async ValueTask SendSecretAsync(SshWriter secret, CancellationToken cancellationToken)
    {
        try
        {
            await pipe.SendAsync(secret.WrittenMemory, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            secret.Clear();
        }
    }

    /// <summary>Waits for an answer, past what the server has to say.</summary>
    private async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadOnlyMemory<byte> payload = await pipe.ReceiveAsync(cancellationToken).ConfigureAwait(false);
            if (payload.IsEmpty)
            {
                throw Unexpected(payload.Span);
            }

            if (payload.Span[0] != MessageNumber.UserAuthBanner)
            {
                return payload;
            }

            TakeBanner(payload.Span);
        }
    }

    private void TakeBanner(ReadOnlySpan<byte> payload)
    {
        if (!AuthenticationCodec.TryReadText(payload, out ReadOnlySpan<byte> text))
        {
            throw Unexpected(payload);
        }

        foreach (Range range in text.TrimEnd("\r\n"u8).Split((byte)'\n'))
        {
            if (++_bannerLines > ClientAuthentication.MaxBannerLines)
            {
                throw SshException.Protocol("The server says too much before the login.");
            }

            LogLevel level = _bannerLines <= ShownBannerLines ? LogLevel.Information : LogLevel.Debug;
            ReadOnlySpan<byte> line = text[range].TrimEnd((byte)'\r');
            if (!line.IsEmpty && settings.Logger.IsEnabled(level))
            {
                settings.Logger.LogBanner(level, settings.Server, PeerText.Escape(line));
            }
        }
    }

    /// <summary>Takes the end of an attempt.</summary>
    /// <returns>Whether the user is in; <see langword="null"/> if the message is something else.</returns>
    private bool? Conclude(ReadOnlySpan<byte> payload, string method)
    {
        if (payload[0] == MessageNumber.UserAuthSuccess)
        {
            return true;
        }

        if (payload[0] != MessageNumber.UserAuthFailure
            || !AuthenticationCodec.TryReadFailure(payload, out IReadOnlyList<string> methods, out bool isPartial))
        {
            return null;
        }

        _offered = methods;
        if (!isPartial)
        {
            settings.Logger.LogRefused(settings.Server, Shown(settings.UserName), method, DescribeOffered());
            _tried.Add(method);
            return false;
        }

        settings.Logger.LogAcceptedInPart(settings.Server, method, Shown(settings.UserName), DescribeOffered());
        _tried.Add($"{method} (which was accepted, but is not enough)");
        if (++_partialSuccesses > ClientAuthentication.MaxPartialSuccesses)
        {
            throw new SshException(
                DisconnectReason.NoMoreAuthMethodsAvailable,
                ForwardError.AuthenticationFailed,
                $"The login of {Shown(settings.UserName)} at {settings.Server} has no end: whatever is accepted is not enough.");
        }

        _isPasswordTried = _isKeyboardTried = false; // the next one asked for may be that again
        return false;
    }

    private string DescribeOffered() =>
        _offered is null or [] ? "nothing" : PeerText.Escape(Encoding.ASCII.GetBytes(string.Join(", ", _offered)));

    private SshException Failure(string? detail = null, Exception? innerException = null)
    {
        var text = new StringBuilder($"The login of {Shown(settings.UserName)} at {settings.Server} has failed. ");
        _ = _isCredentialTried
            ? text.Append("Tried: ").AppendJoin(", ", _tried.Where(tried => tried != AuthenticationCodec.NoneMethod))
            : text.Append("No login is configured that it takes");
        if (_offered is not null)
        {
            text.Append("; it offers: ").Append(DescribeOffered());
        }

        text.Append('.').AppendJoin("", _notes.Select(note => " " + note));
        if (detail is not null)
        {
            text.Append(' ').Append(detail);
        }

        return new SshException(
            DisconnectReason.NoMoreAuthMethodsAvailable,
            _isCredentialTried ? ForwardError.AuthenticationFailed : ForwardError.AuthenticationRequired,
            text.ToString(),
            innerException);
    }
}
