using System.Net;
using System.Text;
using System.Text.Json;
using GostNet.Ssh.Authentication;
using GostNet.Ssh.Keys;
using GostNet.Ssh.Tests.Keys;
using GostNet.Ssh.Wire;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Authentication;

/// <summary>The server against clients of which every message is written down.</summary>
public sealed class ServerAuthenticationTests
{
    private const string CertificateType = "ssh-ed25519-cert-v01@openssh.com";

    private static readonly IPAddress Client = IPAddress.Parse("192.0.2.9");

    private readonly RecordingLoggerFactory _log = new();
    private readonly SkippingTimeProvider _time = new();
    private readonly OneUser _passwords = new();
    private readonly SshPrivateKey _key = LoginKeys.Ed25519(1);
    private readonly LoginKeys.Authorized _keys;
    private readonly LoginKeys.NamedPermissions _permissions = new("password");

    public ServerAuthenticationTests() => _keys = new LoginKeys.Authorized("user", _key, LoginKeys.Rsa);

    private static byte[] Ed25519Blob => LoginKeys.Ed25519(1).PublicKey.Blob.ToArray();

    private static byte[] RsaBlob => LoginKeys.Rsa.PublicKey.Blob.ToArray();

    private ServerAuthenticationSettings Both => new() { Permissions = _permissions, Authenticator = _passwords, AuthorizedKeys = _keys };

    private ServerAuthenticationSettings PasswordsOnly => Both with { AuthorizedKeys = null };

    private ServerAuthenticationSettings KeysOnly => Both with { Authenticator = null };

    private ServerAuthenticationSettings Anonymous => new() { Permissions = _permissions, AllowAnonymous = true };

    public static TheoryData<string> Sessions => AuthenticationCodecTests.Sessions;

    [Fact]
    public void Server_ThatNobodyCanLogInTo_IsNotMade() =>
        Assert.Throws<ArgumentException>(() => new ServerAuthentication(new() { Permissions = _permissions }));

    [Fact]
    public void SignatureAlgorithms_HaveSha1OnlyForOldClients()
    {
        Assert.DoesNotContain("ssh-rsa", new ServerAuthentication(Both).SignatureAlgorithms);
        Assert.Contains("rsa-sha2-256", new ServerAuthentication(Both).SignatureAlgorithms);
        Assert.Equal("ssh-rsa", new ServerAuthentication(Both with { AllowLegacy = true }).SignatureAlgorithms[^1]);
    }

    [Fact]
    public async Task None_TellsWhatIsConfigured()
    {
        Assert.Equal(["publickey,password,keyboard-interactive"], await FailuresOfAsync(Both, Messages.Request("user", "none")));
        Assert.Equal(["publickey"], await FailuresOfAsync(KeysOnly, Messages.Request("user", "none")));
        Assert.Equal(["password,keyboard-interactive"], await FailuresOfAsync(PasswordsOnly, Messages.Request("user", "none")));
        Assert.Equal(TimeSpan.Zero, _time.Elapsed);
    }

    [Fact]
    public async Task Password_ThatIsRight_LetsTheUserIn()
    {
        (AuthenticatedUser user, ScriptedPipe pipe) = await LogInAsync(Both, Messages.Password("user", "pass"));

        Assert.Equal(new AuthenticatedUser("user", _permissions, "password", null), user);
        Assert.Equal([MessageNumber.ServiceAccept, MessageNumber.UserAuthSuccess], pipe.SentNumbers);
        Assert.Equal("192.0.2.9 is logged in as user by password, key none", _log.WithId(LoginLog.ClientLoggedIn).Single().Message);
    }

    [Fact]
    public async Task Password_ThatIsWrong_IsRefused()
    {
        Assert.Equal(
            ["publickey,password,keyboard-interactive", "publickey,password,keyboard-interactive"],
            await FailuresOfAsync(Both, Messages.Password("user", "wrong"), Messages.Password("user", "")));
        Assert.Equal(2, _passwords.Asked.Count);
    }

    [Fact]
    public async Task Password_ForAServerWithoutUsers_LetsEverybodyIn()
    {
        // The first request of all, without "none": what ends gost 2.8.1.
        (AuthenticatedUser user, _) = await LogInAsync(Anonymous, Messages.Password("anybody", "anything"));

        Assert.Equal("anybody", user.Name);
    }

    [Fact]
    public async Task None_ForAServerWithoutUsers_LetsEverybodyIn()
    {
        (AuthenticatedUser user, _) = await LogInAsync(Anonymous, Messages.Request("anybody", "none"));

        Assert.Equal(new AuthenticatedUser("anybody", _permissions, "none", null), user);
    }

    [Fact]
    public async Task Key_ForAServerWithoutUsers_IsRefusedAndTheNextRequestLetIn()
    {
        (AuthenticatedUser user, ScriptedPipe pipe) =
            await LogInAsync(Anonymous, Signed(_key, "ssh-ed25519"), Messages.Request("user", "none"));

        Assert.Equal("none", user.Method);
        Assert.Equal([MessageNumber.ServiceAccept, MessageNumber.UserAuthFailure, MessageNumber.UserAuthSuccess], pipe.SentNumbers);
    }

    [Fact]
    public async Task Password_ForAServerWithKeysOnly_IsRefused()
    {
        Assert.Equal(
            ["publickey", "publickey"],
            await FailuresOfAsync(KeysOnly, Messages.Password("user", "pass"), AuthenticationCodec.WriteKeyboardInteractive("user")));
    }

    [Fact]
    public async Task Key_ForAServerWithPasswordsOnly_IsRefused() =>
        Assert.Equal(["password,keyboard-interactive"], await FailuresOfAsync(PasswordsOnly, Signed(_key, "ssh-ed25519")));

    [Theory]
    [InlineData(1024, 1)]
    [InlineData(1025, 0)]
    public async Task Password_ThatIsLong_IsLookedAtUpToItsLimit(int length, int expected)
    {
        await FailuresOfAsync(PasswordsOnly, Messages.Password("user", new string('p', length)));

        Assert.Equal(expected, _passwords.Asked.Count);
    }

    [Fact]
    public async Task Password_ThatIsNoText_IsRefusedUnseen()
    {
        byte[] fields = new SshWriter().Boolean(false).String([0xC3, 0x28]).ToArray();

        Assert.Single(await FailuresOfAsync(PasswordsOnly, Messages.Request("user", "password", fields)));
        Assert.Empty(_passwords.Asked);
    }

    [Theory]
    [InlineData("us\ner")]
    [InlineData("user\0")]
    [InlineData("\u001b[31muser")]
    [InlineData("user\u0085")]
    public async Task UserName_WithControlCharacters_IsNobodys(string name)
    {
        LoginKeys.Authorized everybody = new(name, _key);
        ServerAuthenticationSettings settings = Both with { AuthorizedKeys = everybody };

        Assert.Equal(3, (await FailuresOfAsync(
            settings, Messages.Request(name, "none"), Messages.Password(name, "pass"), Query(_key, "ssh-ed25519", name))).Count);
        Assert.Single(await FailuresOfAsync(Anonymous, Messages.Request(name, "none")));
        Assert.Empty(_passwords.Asked);
        Assert.Empty(everybody.Asked);
        Assert.All(_log.Entries, entry => Assert.DoesNotContain(entry.Message, char.IsControl));
    }

    [Fact]
    public async Task UserName_ThatIsNoText_IsNobodys()
    {
        ReadOnlyMemory<byte> request =
            SshWriter.Message(50).String([0xFF, 0xFE]).Text("ssh-connection").Text("password").Boolean(false).Text("pass").WrittenMemory;

        Assert.Single(await FailuresOfAsync(Both, request));
        Assert.Empty(_passwords.Asked);
    }

    [Fact]
    public async Task KeyboardInteractive_AsksForThePassword()
    {
        (AuthenticatedUser user, ScriptedPipe pipe) = await LogInAsync(
            Both, AuthenticationCodec.WriteKeyboardInteractive("user"), AuthenticationCodec.WriteInfoResponse("pass").WrittenMemory);

        Assert.Equal("keyboard-interactive", user.Method);
        Assert.Equal([MessageNumber.ServiceAccept, MessageNumber.UserAuthMethod60, MessageNumber.UserAuthSuccess], pipe.SentNumbers);
        Assert.True(AuthenticationCodec.TryReadInfoRequest(pipe.Sent[1], out InfoRequest asked));
        Assert.True(asked is { PromptCount: 1, IsEchoed: false });
    }

    [Theory]
    [InlineData("3d00000000")]
    [InlineData("3d0000000200000004706173730000000470617373")]
    [InlineData("3d00000001")]
    [InlineData("3d000f4240")]
    [InlineData("3d000000010000000577726f6e67")]
    public async Task KeyboardInteractive_WithAnAnswerThatIsNone_IsRefused(string answer)
    {
        Assert.Single(await FailuresOfAsync(
            PasswordsOnly, AuthenticationCodec.WriteKeyboardInteractive("user"), Convert.FromHexString(answer)));
    }

    [Fact]
    public async Task KeyboardInteractive_GivenUpForAnotherMethod_IsForgotten()
    {
        (AuthenticatedUser user, _) =
            await LogInAsync(Both, AuthenticationCodec.WriteKeyboardInteractive("user"), Messages.Password("user", "pass"));
        Assert.Equal("password", user.Method);

        SshException e = await FailAsync(
            Both,
            AuthenticationCodec.WriteKeyboardInteractive("user"),
            Messages.Request("user", "none"),
            AuthenticationCodec.WriteInfoResponse("pass").WrittenMemory);
        Assert.Equal(DisconnectReason.ProtocolError, e.Reason);
    }

    [Theory]
    [InlineData("ssh-ed25519")]
    [InlineData("rsa-sha2-256")]
    [InlineData("rsa-sha2-512")]
    public async Task Key_ThatMayLogIn_LetsTheUserIn(string algorithm)
    {
        SshPrivateKey key = algorithm == "ssh-ed25519" ? _key : LoginKeys.Rsa;

        (AuthenticatedUser user, ScriptedPipe pipe) = await LogInAsync(Both, Query(key, algorithm), Signed(key, algorithm));

        string fingerprint = KeyFingerprint.Sha256(key.PublicKey.Blob.Span);
        Assert.Equal(new AuthenticatedUser("user", _keys.Permissions, "publickey", fingerprint), user);
        Assert.Equal(AuthenticationCodec.WriteKeyAccepted(algorithm, key.PublicKey.Blob.Span).ToArray(), pipe.Sent[1]);
        Assert.All(_keys.Asked, asked => Assert.Equal(("user", key.PublicKey.Type, Client), asked));
        Assert.Equal(2, _keys.Asked.Count);
        Assert.Contains(fingerprint, _log.WithId(LoginLog.ClientLoggedIn).Single().Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RsaKey_BySha1_LogsInOnlyWhereOldClientsMay(bool allowLegacy)
    {
        ServerAuthenticationSettings settings = KeysOnly with { AllowLegacy = allowLegacy };
        if (allowLegacy)
        {
            (AuthenticatedUser user, _) = await LogInAsync(settings, Signed(LoginKeys.Rsa, "ssh-rsa"));
            Assert.Equal("publickey", user.Method);
        }
        else
        {
            Assert.Equal(
                ["publickey", "publickey"],
                await FailuresOfAsync(settings, Query(LoginKeys.Rsa, "ssh-rsa"), Signed(LoginKeys.Rsa, "ssh-rsa")));
        }
    }

    [Fact]
    public async Task Key_OfAnotherUser_IsRefused()
    {
        Assert.Equal(
            ["publickey", "publickey"],
            await FailuresOfAsync(KeysOnly, Query(_key, "ssh-ed25519", "other"), Signed(_key, "ssh-ed25519", "other")));
    }

    [Fact]
    public async Task Key_OtherThanTheOneAskedAbout_IsJudgedByItself()
    {
        // What counted in CVE-2024-45337 was the last key that was asked about.
        SshPrivateKey stranger = LoginKeys.Ed25519(66);

        Assert.Single(await FailuresOfAsync(KeysOnly, Query(_key, "ssh-ed25519"), Signed(stranger, "ssh-ed25519")));
        (AuthenticatedUser user, _) =
            await LogInAsync(KeysOnly, Query(stranger, "ssh-ed25519"), Query(LoginKeys.Rsa, "rsa-sha2-256"), Signed(_key, "ssh-ed25519"));
        Assert.Equal(KeyFingerprint.Sha256(_key.PublicKey.Blob.Span), user.KeyFingerprint);
    }

    public static TheoryData<string> BadSignatures =>
    [
        "another session", "another user", "another service", "another algorithm", "another key", "another message number",
        "nothing", "cut short", "one byte more", "another name inside", "zeros",
    ];

    [Theory]
    [MemberData(nameof(BadSignatures))]
    public async Task Signature_OfSomethingElse_IsRefused(string what)
    {
        byte[] blob = RsaBlob;
        byte[] sessionId = new ScriptedPipe().SessionId.ToArray();
        byte[] data = what switch
        {
            "another session" => Data(new byte[32], "user", "ssh-connection", "rsa-sha2-256", blob),
            "another user" => Data(sessionId, "other", "ssh-connection", "rsa-sha2-256", blob),
            "another service" => Data(sessionId, "user", "ssh-userauth", "rsa-sha2-256", blob),
            "another algorithm" => Data(sessionId, "user", "ssh-connection", "rsa-sha2-512", blob),
            "another key" => Data(sessionId, "user", "ssh-connection", "rsa-sha2-256", _key.PublicKey.Blob.ToArray()),
            _ => Data(sessionId, "user", "ssh-connection", "rsa-sha2-256", blob),
        };
        if (what == "another message number")
        {
            data[4 + 32] = 51;
        }

        byte[] signature = LoginKeys.Rsa.Sign("rsa-sha2-256", data);
        signature = what switch
        {
            "nothing" => [],
            "cut short" => signature[..^1],
            "one byte more" => [.. signature, 0],
            "another name inside" => LoginKeys.Rsa.Sign("rsa-sha2-512", data),
            "zeros" => [.. signature[..20], .. new byte[signature.Length - 20]],
            _ => signature,
        };

        ReadOnlyMemory<byte> request = AuthenticationCodec.WriteSignedRequest("user", "rsa-sha2-256", blob, signature);
        Assert.Equal(["publickey"], await FailuresOfAsync(KeysOnly, request));
        Assert.Equal("the signature is not valid", _log.WithId(LoginLog.ClientRefused).Single().Values["Reason"]);
    }

    [Fact]
    public async Task Signature_OfTheRightThing_IsTaken()
    {
        // The other side of the test above: nothing but what it changes makes the difference.
        byte[] blob = RsaBlob;
        byte[] data = Data(new ScriptedPipe().SessionId.ToArray(), "user", "ssh-connection", "rsa-sha2-256", blob);

        await LogInAsync(KeysOnly, AuthenticationCodec.WriteSignedRequest(
            "user", "rsa-sha2-256", blob, LoginKeys.Rsa.Sign("rsa-sha2-256", data)));
    }

    public static TheoryData<string, ReadOnlyMemory<byte>> BadRequests => new()
    {
        { "an algorithm that nobody knows", KeyRequest(false, "ssh-dss", Ed25519Blob) },
        { "a blob that is nothing", KeyRequest(false, "ssh-ed25519", []) },
        { "a blob that cannot be read", KeyRequest(true, "ssh-ed25519", [1, 2, 3], new byte[83]) },
        { "a short Ed25519 key", KeyRequest(true, "ssh-ed25519", Ed25519Blob[..^1], new byte[83]) },
        { "an RSA key with another's algorithm", KeyRequest(true, "ssh-ed25519", RsaBlob, new byte[83]) },
        { "an Ed25519 key with RSA's algorithm", KeyRequest(true, "rsa-sha2-256", Ed25519Blob, new byte[300]) },
        { "a type in place of an algorithm", KeyRequest(false, "ssh-rsa", RsaBlob) },
        { "a signature that is not there", KeyRequest(true, "ssh-ed25519", Ed25519Blob) },
        { "a signature that nobody announced", KeyRequest(false, "ssh-ed25519", Ed25519Blob, new byte[83]) },
        { "an algorithm with control characters", KeyRequest(false, "ssh-\u001bed25519", Ed25519Blob) },
        { "nothing at all", Messages.Request("user", "publickey") },
        { "a certificate", KeyRequest(false, CertificateType, new SshWriter().Text(CertificateType).String(new byte[32]).ToArray()) },
        { "the method bound to a host key", Messages.Request("user", "publickey-hostbound-v00@openssh.com", new byte[40]) },
        { "a method that nobody knows", Messages.Request("user", "gssapi-with-mic", new byte[40]) },
        { "a password cut short", Messages.Request("user", "password", [0, 0, 0]) },
        {
            "a password that is to be changed",
            Messages.Request("user", "password", new SshWriter().Boolean(true).Text("pass").Text("new").ToArray())
        },
        { "a keyboard request cut short", Messages.Request("user", "keyboard-interactive", [0, 0, 0]) },
    };

    [Theory]
    [MemberData(nameof(BadRequests))]
    public async Task Request_ThatCannotBeRight_IsRefusedAndCounts(string circumstance, ReadOnlyMemory<byte> request)
    {
        SshException e = await FailAsync(Both, [.. Enumerable.Repeat(request, 6)]);

        Assert.True(e.Message == "Too many authentication failures", circumstance);
        Assert.Equal(6, _log.WithId(LoginLog.ClientRefused).Count);
    }

    [Fact]
    public async Task Failures_AreSixAtMost()
    {
        ScriptedPipe pipe = Pipe(
            Messages.Request("user", "none"), // is free
            Messages.Password("user", "1"),
            Query(LoginKeys.Ed25519(66), "ssh-ed25519"),
            Signed(LoginKeys.Ed25519(66), "ssh-ed25519"),
            Query(_key, "ssh-ed25519"), // would do
            Messages.Request("user", "none"), // is not free any more
            AuthenticationCodec.WriteKeyboardInteractive("user"),
            AuthenticationCodec.WriteInfoResponse("5").WrittenMemory,
            Messages.Password("user", "6"),
            Messages.Password("user", "pass"));

        SshException e = await Assert.ThrowsAsync<SshException>(() => RunAsync(Both, pipe).OrFail());

        Assert.Equal(DisconnectReason.ProtocolError, e.Reason);
        Assert.Equal(ForwardError.AuthenticationFailed, e.Error);
        Assert.Equal("Too many authentication failures", e.Message);
        Assert.Equal([6, 51, 51, 51, 51, 60, 51, 60, 51], pipe.SentNumbers); // the sixth failure is not answered
        Assert.True(pipe.HasMore);
        Assert.Equal(6, _log.WithId(LoginLog.ClientGivenUp).Single().Values["Count"]);
    }

    [Fact]
    public async Task Requests_Are128AtMost()
    {
        ReadOnlyMemory<byte> query = Query(_key, "ssh-ed25519");

        SshException e = await FailAsync(Both, [.. Enumerable.Repeat(query, 129)]);

        Assert.Equal(DisconnectReason.ProtocolError, e.Reason);
        Assert.Equal("Too many authentication requests", e.Message);
        Assert.Equal(128, _log.WithId(LoginLog.KeyWouldDo).Count);
    }

    [Fact]
    public async Task Questions_Are128AtMost()
    {
        SshException e = await FailAsync(Both, [.. Enumerable.Repeat(AuthenticationCodec.WriteKeyboardInteractive("user"), 129)]);

        Assert.Equal("Too many authentication requests", e.Message);
    }

    [Fact]
    public async Task Service_AskedForBeforeEveryAttempt_IsAcceptedAnew()
    {
        (AuthenticatedUser user, ScriptedPipe pipe) = await LogInAsync(
            Both, Messages.Password("user", "wrong"), Messages.ServiceRequest, Messages.Password("user", "pass"));

        Assert.Equal(new AuthenticatedUser("user", _permissions, "password", null), user);
        Assert.Equal(
            [MessageNumber.ServiceAccept, MessageNumber.UserAuthFailure, MessageNumber.ServiceAccept, MessageNumber.UserAuthSuccess],
            pipe.SentNumbers);
    }

    [Fact]
    public async Task Service_AskedForAgainAndAgain_IsOneOfTheRequests()
    {
        SshException e = await FailAsync(Both, [.. Enumerable.Repeat(Messages.ServiceRequest, 129)]);

        Assert.Equal("Too many authentication requests", e.Message);
    }

    public static TheoryData<string, int, ReadOnlyMemory<byte>[]> HostileClients => new()
    {
        { "a request before the service", 2, [Messages.Request("user", "none")] },
        { "an empty message", 2, [ReadOnlyMemory<byte>.Empty] },
        { "an unknown service", 7, [Service("ssh-connection")] },
        { "a service that is no name", 2, [Service("a b")] },
        { "a service that is not there", 2, [new byte[] { 5, 0, 0, 0, 9 }] },
        { "a channel in place of a service", 2, [new byte[] { 90, 0, 0 }] },
        { "a second service, which is another", 7, [Messages.ServiceRequest, Service("ssh-connection")] },
        { "a global request before the login", 2, [Messages.ServiceRequest, new byte[] { 80, 0, 0, 0, 0, 0 }] },
        { "a channel before the login", 2, [Messages.ServiceRequest, new byte[] { 90, 0, 0 }] },
        { "success", 2, [Messages.ServiceRequest, Messages.Success] },
        { "a failure", 2, [Messages.ServiceRequest, Messages.Failure("none")] },
        { "a banner", 2, [Messages.ServiceRequest, Messages.Banner("hello")] },
        {
            "an answer to nothing", 2,
            [Messages.ServiceRequest, AuthenticationCodec.WriteInfoResponse("pass").WrittenMemory]
        },
        {
            "two answers", 2,
            [
                Messages.ServiceRequest, AuthenticationCodec.WriteKeyboardInteractive("user"),
                AuthenticationCodec.WriteInfoResponse("1").WrittenMemory, AuthenticationCodec.WriteInfoResponse("pass").WrittenMemory,
            ]
        },
        {
            "another user name", 2,
            [Messages.ServiceRequest, Messages.Request("user", "none"), Messages.Password("user2", "pass")]
        },
        {
            "another service in the request", 7,
            [Messages.ServiceRequest, Messages.Request("user", "none"), Messages.Request("user", "none", service: "ssh-userauth")]
        },
        { "a request cut short", 2, [Messages.ServiceRequest, new byte[] { 50, 0, 0, 0, 1 }] },
        {
            "a user name of 256 bytes", 2,
            [Messages.ServiceRequest, Messages.Request(new string('u', 256), "none")]
        },
    };

    [Theory]
    [MemberData(nameof(HostileClients))]
    public async Task Client_ThatMisbehaves_IsDropped(string circumstance, int expected, ReadOnlyMemory<byte>[] messages)
    {
        ScriptedPipe pipe = new(messages);

        SshException e = await Assert.ThrowsAsync<SshException>(() => RunAsync(Both, pipe).OrFail());

        Assert.True(expected == (int)e.Reason, $"{circumstance}: {e.Message}");
        Assert.Equal(ForwardError.ProtocolError, e.Error);
        Assert.False(pipe.HasMore);
        Assert.Empty(_log.WithId(LoginLog.ClientLoggedIn));
    }

    [Fact]
    public async Task Client_ThatGoesAway_EndsTheLogin()
    {
        ScriptedPipe pipe = Pipe(Messages.Request("user", "none"));

        Assert.Same(pipe.End, await Assert.ThrowsAnyAsync<IOException>(() => RunAsync(Both, pipe).OrFail()));
    }

    [Fact]
    public async Task Login_ThatIsDone_LeavesWhatFollowsToTheCaller()
    {
        (_, ScriptedPipe pipe) = await LogInAsync(Both, Messages.Password("user", "pass"), Messages.Password("user", "pass"));

        Assert.True(pipe.HasMore);
        Assert.Single(_passwords.Asked);
    }

    [Fact]
    public async Task Refusal_TakesTheSameForAUserEachTimeAndASecondFromTheThirdOn()
    {
        TimeSpan[] first = await RefusalTimesAsync("user", "other");
        TimeSpan[] second = await RefusalTimesAsync("user", "other");
        TimeSpan[] unknown = await RefusalTimesAsync("nobody", "other");

        Assert.Equal(first, second);
        Assert.All([.. first[..2], .. unknown[..2]], time =>
            Assert.InRange(time, TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(9)));
        Assert.Equal(first[0], first[1]);
        Assert.All(first[2..], time => Assert.Equal(TimeSpan.FromSeconds(1), time));
        Assert.Equal(4, first.Length);
    }

    [Fact]
    public async Task Refusal_DiffersFromUserToUser()
    {
        HashSet<TimeSpan> times = [];
        for (int i = 0; i < 64; i++)
        {
            times.Add((await RefusalTimesAsync($"user{i}", "x"))[0]);
        }

        Assert.InRange(times.Count, 2, 5); // in whole milliseconds
    }

    [Fact]
    public async Task Refusal_IsNotSentBeforeItsTime()
    {
        ManualTimeProvider time = new();
        ScriptedPipe pipe = Pipe(Messages.Password("user", "1"));
        Task login = RunAsync(Both with { Time = time }, pipe);

        await time.WaitForTimersAsync(1).OrFail();
        time.Advance(TimeSpan.FromMilliseconds(4.9));
        Assert.Equal([6], pipe.SentNumbers);
        time.Advance(TimeSpan.FromMilliseconds(4.1));
        await Assert.ThrowsAnyAsync<IOException>(() => login.OrFail());

        Assert.Equal([6, 51], pipe.SentNumbers);
        Assert.Equal(0, time.ArmedTimers);
    }

    [Fact]
    public async Task Cancellation_EndsTheWait()
    {
        ManualTimeProvider time = new();
        using CancellationTokenSource stop = new();
        Task login = new ServerAuthentication(Both with { Time = time })
            .RunAsync(Pipe(Messages.Password("user", "1")), Client, stop.Token).AsTask();
        await time.WaitForTimersAsync(1).OrFail();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => login.OrFail());
        Assert.Equal(0, time.ArmedTimers);
    }

    [Theory]
    [MemberData(nameof(Sessions))]
    public async Task RecordedClient_OfAnotherImplementation_IsLetIn(string name)
    {
        JsonElement session = AuthenticationCodecTests.Session(name);
        byte[][] recorded = [.. AuthenticationCodecTests.Payloads(session, "c2s")];
        LoginKeys.Authorized keys = new("vector", new PublicOnly(TestKeys.Public("ed25519")));
        ScriptedPipe pipe = new(recorded.Select(payload => (ReadOnlyMemory<byte>)payload))
        {
            SessionId = AuthenticationCodecTests.Hex(session.GetProperty("kexes")[0].GetProperty("session_id")),
        };

        AuthenticatedUser user = await RunAsync(Both with { AuthorizedKeys = keys }, pipe);

        Assert.Equal("vector", user.Name);
        Assert.Equal(TestKeys.Describe("ed25519").GetProperty("sha256").GetString(), user.KeyFingerprint);
        Assert.Equal(AuthenticationCodecTests.Payloads(session, "s2c").Where(p => p[0] != 51), pipe.Sent.Where(p => p[0] != 51));
        Assert.False(pipe.HasMore);
    }

    private static ReadOnlyMemory<byte> Service(string name) => AuthenticationCodec.WriteService(MessageNumber.ServiceRequest, name);

    private static byte[] Data(byte[] sessionId, string user, string service, string algorithm, byte[] blob) =>
        AuthenticationCodec.WriteSignedData(sessionId, Encoding.UTF8.GetBytes(user), service, algorithm, blob).ToArray();

    private static ReadOnlyMemory<byte> Query(SshPrivateKey key, string algorithm, string user = "user") =>
        AuthenticationCodec.WriteKeyQuery(user, algorithm, key.PublicKey.Blob.Span);

    private static ReadOnlyMemory<byte> Signed(SshPrivateKey key, string algorithm, string user = "user")
    {
        byte[] blob = key.PublicKey.Blob.ToArray();
        byte[] data = Data(new ScriptedPipe().SessionId.ToArray(), user, "ssh-connection", algorithm, blob);
        return AuthenticationCodec.WriteSignedRequest(user, algorithm, blob, key.Sign(algorithm, data));
    }

    private static ReadOnlyMemory<byte> KeyRequest(bool hasSignature, string algorithm, byte[] blob, byte[]? signature = null)
    {
        SshWriter fields = new SshWriter().Boolean(hasSignature).Text(algorithm).String(blob);
        return Messages.Request("user", "publickey", (signature is null ? fields : fields.String(signature)).ToArray());
    }

    /// <summary>A client that asks for the service, and says this one by one.</summary>
    private static ScriptedPipe Pipe(params ReadOnlyMemory<byte>[] messages) => new([Messages.ServiceRequest, .. messages]);

    private Task<AuthenticatedUser> RunAsync(ServerAuthenticationSettings settings, ScriptedPipe pipe) =>
        new ServerAuthentication(settings with
        {
            Logger = _log.CreateLogger("server"),
            Time = settings.Time == TimeProvider.System ? _time : settings.Time,
        }).RunAsync(pipe, Client, default).AsTask();

    private async Task<(AuthenticatedUser User, ScriptedPipe Pipe)> LogInAsync(
        ServerAuthenticationSettings settings, params ReadOnlyMemory<byte>[] messages)
    {
        ScriptedPipe pipe = Pipe(messages);
        return (await RunAsync(settings, pipe).OrFail(), pipe);
    }

    private Task<SshException> FailAsync(ServerAuthenticationSettings settings, params ReadOnlyMemory<byte>[] messages) =>
        Assert.ThrowsAsync<SshException>(() => RunAsync(settings, Pipe(messages)).OrFail());

    /// <summary>Sends all the messages, and tells the methods that each FAILURE named.</summary>
    private async Task<List<string>> FailuresOfAsync(ServerAuthenticationSettings settings, params ReadOnlyMemory<byte>[] messages)
    {
        ScriptedPipe pipe = Pipe(messages);
        await Assert.ThrowsAsync<EndOfStreamException>(() => RunAsync(settings, pipe).OrFail());
        return
        [
            .. pipe.Sent.Where(message => message[0] == MessageNumber.UserAuthFailure).Select(message =>
            {
                Assert.True(AuthenticationCodec.TryReadFailure(message, out IReadOnlyList<string> methods, out bool isPartial));
                Assert.False(isPartial);
                return string.Join(',', methods);
            }),
        ];
    }

    /// <summary>How long each of four refusals takes.</summary>
    private async Task<TimeSpan[]> RefusalTimesAsync(string user, string password)
    {
        SkippingTimeProvider time = new();
        List<TimeSpan> ends = [TimeSpan.Zero];
        ScriptedPipe pipe = new([Messages.ServiceRequest, .. Enumerable.Repeat(Messages.Password(user, password), 4)])
        {
            Answer = message =>
            {
                if (message[0] == MessageNumber.UserAuthFailure)
                {
                    ends.Add(time.Elapsed);
                }

                return [];
            },
        };
        await Assert.ThrowsAsync<EndOfStreamException>(() => RunAsync(Both with { Time = time }, pipe).OrFail());
        return [.. ends.Zip(ends.Skip(1), (start, end) => end - start)];
    }

    private sealed class PublicOnly(SshPublicKey key) : ISshSigner
    {
        public SshPublicKey PublicKey => key;

        public string Name => "public";

        public ValueTask<byte[]> SignAsync(string algorithm, ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
