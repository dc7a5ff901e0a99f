using System.Net;
using System.Text;
using GostNet.Ssh.Authentication;
using GostNet.Ssh.Keys;
using GostNet.Ssh.Wire;
using GostNet.Tests.Shared;
using Microsoft.Extensions.Logging;

namespace GostNet.Ssh.Tests.Authentication;

/// <summary>The client against the server.</summary>
public sealed class LoginTests
{
    private readonly RecordingLoggerFactory _log = new();
    private readonly LoginKeys.NamedPermissions _permissions = new("password");
    private readonly SshPrivateKey[] _keys = [.. Enumerable.Range(1, 7).Select(i => LoginKeys.Ed25519((byte)i, $"key{i}"))];

    [Theory]
    [InlineData("password", "service none password")]
    [InlineData("key", "service sign ssh-ed25519")]
    [InlineData("rsa", "service sign rsa-sha2-512")]
    [InlineData("rsa legacy", "service sign ssh-rsa")]
    [InlineData("third key", "service none query ssh-ed25519 query ssh-ed25519 query ssh-ed25519 sign ssh-ed25519")]
    [InlineData("agent key", "service none query ssh-ed25519 query ssh-ed25519 sign ssh-ed25519")]
    [InlineData("wrong key and password", "service sign ssh-ed25519 password")]
    [InlineData("anonymous", "service none")]
    [InlineData("anonymous with password", "service none")]
    [InlineData("anonymous with key", "service sign ssh-ed25519 none")]
    public async Task Client_OfOurServer_IsLetIn(string circumstance, string expected)
    {
        (ClientAuthenticationSettings client, ServerAuthenticationSettings server) = Circumstances(circumstance);

        (AuthenticatedUser user, PipePair pair) = await LogInAsync(client, server, toldAlgorithms: circumstance != "rsa legacy");

        Assert.Equal("user", user.Name);
        Assert.Equal(expected, string.Join(' ', pair.Requests));
        bool isByKey = user.Method == AuthenticationCodec.PublicKeyMethod;
        Assert.Equal(isByKey, user.KeyFingerprint is not null);
        Assert.Equal(isByKey ? "key" : "password", $"{user.Permissions}");
        Assert.Single(_log.WithId(LoginLog.ClientLoggedIn));
        Assert.Single(_log.WithId(LoginLog.LoggedIn));
    }

    [Fact]
    public async Task Client_OfAServerWhosePasswordsAreAskedForInteractively_IsLetIn()
    {
        // The server offers both; the client sees but the one.
        PipePair pair = new();
        OnlyInteractive pipe = new(pair.Client);
        Task<AuthenticatedUser> serving = new ServerAuthentication(Server() with { AuthorizedKeys = null, Authenticator = new OneUser() })
            .RunAsync(pair.Server, IPAddress.Loopback, default).AsTask();

        await new ClientAuthentication(Client() with { Password = "pass" }).RunAsync(pipe, default).OrFail();

        Assert.Equal("keyboard-interactive", (await serving.OrFail()).Method);
        Assert.Equal(["service", "none", "keyboard-interactive", "answer"], pair.Requests);
    }

    [Fact]
    public async Task Client_WithWrongKeysAndPassword_IsToldSo()
    {
        ServerAuthenticationSettings server = Server() with
        {
            Authenticator = new OneUser(),
            AuthorizedKeys = new LoginKeys.Authorized("user", _keys[6]),
        };
        PipePair pair = new();
        Task<AuthenticatedUser> serving = new ServerAuthentication(server).RunAsync(pair.Server, IPAddress.Loopback, default).AsTask();
        Task client = new ClientAuthentication(Client() with { Password = "wrong", Signers = _keys[..2] })
            .RunAsync(pair.Client, default).AsTask();

        SshException e = await Assert.ThrowsAsync<SshException>(() => client.OrFail());
        pair.Close(e);

        Assert.Equal(ForwardError.AuthenticationFailed, e.Error);
        Assert.Equal(
            "The login of user at the SSH server has failed. Tried: "
            + $"publickey {KeyFingerprint.Sha256(_keys[0].PublicKey.Blob.Span)}, "
            + $"publickey {KeyFingerprint.Sha256(_keys[1].PublicKey.Blob.Span)}, password; "
            + "it offers: publickey, password, keyboard-interactive.",
            e.Message);
        Assert.Same(e, await Assert.ThrowsAsync<SshException>(() => serving.OrFail()));
        Assert.Equal(3, _log.WithId(LoginLog.ClientRefused).Count(entry => entry.Level == LogLevel.Information));
    }

    [Fact]
    public async Task Client_DroppedForItsFailures_HasFailedToLogIn()
    {
        ServerAuthenticationSettings server = Server() with
        {
            MaxAttempts = 2,
            AuthorizedKeys = new LoginKeys.Authorized("user", _keys[6]),
        };
        PipePair pair = new();
        Task<AuthenticatedUser> serving = new ServerAuthentication(server).RunAsync(pair.Server, IPAddress.Loopback, default).AsTask();
        Task client = new ClientAuthentication(Client() with { Signers = _keys[..3] }).RunAsync(pair.Client, default).AsTask();

        SshException told = await Assert.ThrowsAsync<SshException>(() => serving.OrFail());
        pair.Close(new SshException(DisconnectReason.ConnectionLost, ForwardError.ConnectionClosed, told.Message));

        SshException e = await Assert.ThrowsAsync<SshException>(() => client.OrFail());
        Assert.Equal(ForwardError.AuthenticationFailed, e.Error);
        Assert.EndsWith("Too many authentication failures", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("password")]
    [InlineData("interactive")]
    [InlineData("wrong password")]
    [InlineData("key")]
    [InlineData("change")]
    [InlineData("more than the password")]
    [InlineData("dropped")]
    public async Task Secrets_AreInNoLogAndNoException(string circumstance)
    {
        const string Secret = "s3cr3t-p4ss";
        List<string> texts = [];
        List<byte[]> secrets = [Encoding.UTF8.GetBytes(Secret)];
        foreach (Ed25519PrivateKey key in _keys.Cast<Ed25519PrivateKey>())
        {
            secrets.AddRange([key.Seed.ToArray(), key.Point.ToArray(), key.PublicKey.Blob.ToArray()]);
        }

        if (circumstance is "change" or "more than the password")
        {
            ScriptedPipe pipe = new(circumstance == "change"
                ? [Messages.ServiceAccept, Messages.Failure("password"), AuthenticationCodec.WriteText(60, "expired")]
                : [
                    Messages.ServiceAccept, Messages.Failure("keyboard-interactive"), Messages.InfoRequest(("Password: ", false)),
                    Messages.InfoRequest(("Code: ", false)),
                ]);
            texts.Add($"{await Assert.ThrowsAsync<SshException>(() =>
                new ClientAuthentication(Client() with { Password = Secret }).RunAsync(pipe, default).OrFail())}");
        }
        else
        {
            ServerAuthenticationSettings server = Server() with
            {
                Authenticator = new OneUser(password: circumstance == "wrong password" ? "other" : Secret),
                AuthorizedKeys = new LoginKeys.Authorized("user", _keys[0]),
                MaxAttempts = circumstance == "dropped" ? 1 : 6,
            };
            ClientAuthenticationSettings client = Client() with
            {
                Password = Secret,
                Signers = circumstance == "key" ? [_keys[0]] : circumstance == "dropped" ? _keys[1..3] : [],
            };
            PipePair pair = new();
            Task<AuthenticatedUser> serving = new ServerAuthentication(server).RunAsync(pair.Server, IPAddress.Loopback, default).AsTask();
            IAuthenticationPipe end = circumstance == "interactive" ? new OnlyInteractive(pair.Client) : pair.Client;
            Task connecting = new ClientAuthentication(client).RunAsync(end, default).AsTask();
            foreach (Task side in new[] { await Task.WhenAny(serving, connecting).OrFail(), serving, connecting })
            {
                try
                {
                    await side.OrFail();
                }
                catch (IOException e)
                {
                    texts.Add($"{e}");
                    pair.Close(new SshException(DisconnectReason.ConnectionLost, ForwardError.ConnectionClosed, "The peer has gone."));
                }
            }

            if (pair.SignedRequest.Length > 0)
            {
                secrets.Add(pair.SignedRequest[^64..]);
            }

            Assert.Equal(circumstance == "key", pair.SignedRequest.Length > 0);
            texts.Add(serving.IsCompletedSuccessfully ? $"{await serving} {client} {server}" : $"{client} {server}");
            Assert.Equal(circumstance is "wrong password" or "dropped", !serving.IsCompletedSuccessfully);
        }

        texts.AddRange(_log.Entries.Select(entry => $"{entry.Message} {string.Join(' ', entry.Values.Values)} {entry.Exception}"));
        Assert.NotEmpty(_log.Entries);
        string[] shapes =
        [
            Secret, "System.Byte[]", .. secrets.Select(Convert.ToHexString), .. secrets.Select(secret => Convert.ToBase64String(secret)),
        ];
        Assert.All(texts, text => Assert.All(shapes, shape => Assert.DoesNotContain(shape, text, StringComparison.OrdinalIgnoreCase)));
    }

    private ClientAuthenticationSettings Client() => new() { UserName = "user", Logger = _log.CreateLogger("client") };

    private ServerAuthenticationSettings Server() => new()
    {
        Permissions = _permissions,
        Logger = _log.CreateLogger("server"),
        Time = new SkippingTimeProvider(),
        AuthorizedKeys = new LoginKeys.Authorized("user", _keys[2], LoginKeys.Rsa),
    };

    private (ClientAuthenticationSettings Client, ServerAuthenticationSettings Server) Circumstances(string circumstance)
    {
        ServerAuthenticationSettings both = Server() with { Authenticator = new OneUser() };
        ServerAuthenticationSettings anonymous = Server() with { AuthorizedKeys = null, AllowAnonymous = true };
        return circumstance switch
        {
            "password" => (Client() with { Password = "pass" }, both),
            "key" => (Client() with { Signers = [_keys[2]] }, both),
            "rsa" => (Client() with { Signers = [LoginKeys.Rsa] }, both),
            "rsa legacy" => (Client() with { Signers = [LoginKeys.Rsa], AllowLegacy = true }, both with { AllowLegacy = true }),
            "third key" => (Client() with { Signers = _keys[..3] }, both),
            "agent key" => (
                Client() with { Signers = _keys[..1], ListAgentKeys = _ => ValueTask.FromResult<IReadOnlyList<ISshSigner>>(_keys[2..4]) },
                both),
            "wrong key and password" => (Client() with { Signers = _keys[..1], Password = "pass" }, both),
            "anonymous" => (Client(), anonymous),
            "anonymous with password" => (Client() with { Password = "pass" }, anonymous),
            "anonymous with key" => (Client() with { Signers = _keys[..1] }, anonymous),
            _ => throw new ArgumentOutOfRangeException(nameof(circumstance)),
        };
    }

    private static async Task<(AuthenticatedUser User, PipePair Pair)> LogInAsync(
        ClientAuthenticationSettings client, ServerAuthenticationSettings server, bool toldAlgorithms)
    {
        ServerAuthentication authentication = new(server);
        PipePair pair = new(toldAlgorithms ? authentication.SignatureAlgorithms : null);
        Task<AuthenticatedUser> serving = authentication.RunAsync(pair.Server, IPAddress.Loopback, default).AsTask();
        await new ClientAuthentication(client).RunAsync(pair.Client, default).OrFail();
        return (await serving.OrFail(), pair);
    }

    /// <summary>Hides from a client that passwords are taken as they are.</summary>
    private sealed class OnlyInteractive(IAuthenticationPipe inner) : IAuthenticationPipe
    {
        public ReadOnlyMemory<byte> SessionId => inner.SessionId;

        public IReadOnlyList<string>? ServerSignatureAlgorithms => inner.ServerSignatureAlgorithms;

        public ValueTask SendAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
            inner.SendAsync(payload, cancellationToken);

        public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken)
        {
            ReadOnlyMemory<byte> payload = await inner.ReceiveAsync(cancellationToken);
            return payload.Span[0] == MessageNumber.UserAuthFailure ? Messages.Failure("keyboard-interactive") : payload;
        }
    }
}
