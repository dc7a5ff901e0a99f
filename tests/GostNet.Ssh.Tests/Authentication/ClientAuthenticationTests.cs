using System.Text.Json;
using GostNet.Ssh.Authentication;
using GostNet.Ssh.Keys;
using GostNet.Ssh.Tests.Keys;
using GostNet.Ssh.Wire;
using GostNet.Tests.Shared;
using Microsoft.Extensions.Logging;

namespace GostNet.Ssh.Tests.Authentication;

/// <summary>The client against servers of which every answer is written down.</summary>
public sealed class ClientAuthenticationTests
{
    private static readonly string[] ModernAlgorithms = ["ssh-ed25519", "rsa-sha2-256", "rsa-sha2-512"];

    private readonly RecordingLoggerFactory _log = new();

    [Fact]
    public async Task Client_WithAPassword_AsksForTheMethodsFirst()
    {
        ScriptedPipe server = Server(Messages.Failure("publickey", "password"), Messages.Success);

        await RunAsync(server, new() { UserName = "user", Password = "pass" });

        Assert.Equal(["service", "none", "password"], Requests(server));
    }

    [Fact]
    public async Task Client_WithOneKey_SignsAtOnce()
    {
        ScriptedPipe server = Server(Messages.Success);

        await RunAsync(server, new() { UserName = "user", Password = "pass", Signers = [LoginKeys.Ed25519(1)] });

        Assert.Equal(["service", "sign ssh-ed25519"], Requests(server));
    }

    [Fact]
    public async Task Client_WithOneKeyThatIsRefused_GoesOnWithWhatIsOffered()
    {
        ScriptedPipe server = Server(Messages.Failure("password"), Messages.Success);

        await RunAsync(server, new() { UserName = "user", Password = "pass", Signers = [LoginKeys.Ed25519(1)] });

        Assert.Equal(["service", "sign ssh-ed25519", "password"], Requests(server));
    }

    [Fact]
    public async Task Client_WithSeveralKeys_SignsOnlyWithTheOneThatIsTaken()
    {
        SshPrivateKey second = LoginKeys.Ed25519(2);
        ScriptedPipe server = Server(
            Messages.Failure("publickey"),
            Messages.Failure("publickey"),
            AuthenticationCodec.WriteKeyAccepted("ssh-ed25519", second.PublicKey.Blob.Span),
            Messages.Success);

        await RunAsync(server, new() { UserName = "user", Signers = [LoginKeys.Ed25519(1), second, LoginKeys.Ed25519(3)] });

        Assert.Equal(["service", "none", "query ssh-ed25519", "query ssh-ed25519", "sign ssh-ed25519"], Requests(server));
    }

    [Fact]
    public async Task Client_OfAServerThatLetsEverybodyIn_NeedsNothing()
    {
        ScriptedPipe server = Server(Messages.Success);

        await RunAsync(server, new() { UserName = "user" });

        Assert.Equal(["service", "none"], Requests(server));
    }

    [Fact]
    public async Task Client_WhoseKeyIsRefusedByAServerWithoutUsers_ComesInWithoutOne()
    {
        ScriptedPipe server = Server(Messages.Failure(), Messages.Success);

        await RunAsync(server, new() { UserName = "user", Signers = [LoginKeys.Ed25519(1)] });

        Assert.Equal(["service", "sign ssh-ed25519", "none"], Requests(server));
    }

    [Fact]
    public async Task Client_WithMoreThanFiveKeys_OffersFive()
    {
        ScriptedPipe server = new(Messages.ServiceAccept) { Answer = RefuseAll("publickey") };
        SshPrivateKey[] keys = [.. Enumerable.Range(1, 9).Select(i => LoginKeys.Ed25519((byte)i, $"key{i}"))];

        SshException e = await FailAsync(server, new() { UserName = "user", Signers = keys });

        Assert.Equal(5, Requests(server).Count(request => request == "query ssh-ed25519"));
        Assert.Equal(ForwardError.AuthenticationFailed, e.Error);
        Assert.Contains("key6 was not tried: 5 are enough", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_WithAnAgent_AsksItOnlyWhenItsTurnComes()
    {
        int asked = 0;
        ClientAuthenticationSettings settings = new()
        {
            UserName = "user",
            Signers = [LoginKeys.Ed25519(1)],
            ListAgentKeys = _ =>
            {
                asked++;
                return ValueTask.FromResult<IReadOnlyList<ISshSigner>>([LoginKeys.Ed25519(1), LoginKeys.Ed25519(2)]);
            },
        };
        ScriptedPipe open = Server(Messages.Success);
        ScriptedPipe closed = new(Messages.ServiceAccept) { Answer = RefuseAll("publickey") };

        await RunAsync(open, settings);
        Assert.Equal(0, asked);
        await FailAsync(closed, settings);

        Assert.Equal(1, asked);
        Assert.Equal(["service", "none", "query ssh-ed25519", "query ssh-ed25519"], Requests(closed)); // the first key is in both
    }

    [Fact]
    public async Task Client_WhoseAgentIsAway_GoesOn()
    {
        ScriptedPipe server = Server(Messages.Failure("publickey", "password"), Messages.Success);

        await RunAsync(server, new()
        {
            UserName = "user",
            Password = "pass",
            ListAgentKeys = _ => throw new IOException("There is no agent."),
        });

        Assert.Equal(["service", "none", "password"], Requests(server));
        Assert.Equal("There is no agent.", _log.WithId(LoginLog.AgentFailed).Single().Values["Reason"]);
    }

    [Fact]
    public async Task Client_WhoseKeyCannotSign_TriesTheNext()
    {
        SshPrivateKey second = LoginKeys.Ed25519(2);
        Refusing first = new(LoginKeys.Ed25519(1));
        ScriptedPipe server = Server(
            Messages.Failure("publickey"),
            AuthenticationCodec.WriteKeyAccepted("ssh-ed25519", first.PublicKey.Blob.Span),
            AuthenticationCodec.WriteKeyAccepted("ssh-ed25519", second.PublicKey.Blob.Span),
            Messages.Success);

        await RunAsync(server, new() { UserName = "user", Signers = [first, second] });

        Assert.Equal(["service", "none", "query ssh-ed25519", "query ssh-ed25519", "sign ssh-ed25519"], Requests(server));
        Assert.Single(_log.WithId(LoginLog.KeyFailed));
    }

    [Fact]
    public async Task Client_WhoseOnlyKeyCannotSign_AsksForTheMethodsBeforeItSendsAPassword()
    {
        ScriptedPipe server = Server(Messages.Failure("password"), Messages.Success);

        await RunAsync(server, new() { UserName = "user", Password = "pass", Signers = [new Refusing(LoginKeys.Ed25519(1))] });

        Assert.Equal(["service", "none", "password"], Requests(server));
    }

    [Theory]
    [InlineData("rsa-sha2-256,rsa-sha2-512", false, "rsa-sha2-512")]
    [InlineData("ssh-rsa,rsa-sha2-256", true, "rsa-sha2-256")]
    [InlineData(null, false, "rsa-sha2-256")]
    [InlineData(null, true, "ssh-rsa")]
    [InlineData("ssh-rsa", true, "ssh-rsa")]
    [InlineData("ssh-rsa", false, null)]
    [InlineData("ssh-ed25519", true, null)]
    [InlineData("", false, null)]
    public async Task RsaKey_SignsByTheBestThatTheServerTakes(string? taken, bool allowLegacy, string? expected)
    {
        ScriptedPipe server = new(Messages.ServiceAccept)
        {
            ServerSignatureAlgorithms = taken?.Split(',', StringSplitOptions.RemoveEmptyEntries),
            Answer = RefuseAll("publickey"),
        };

        SshException e = await FailAsync(server, new() { UserName = "user", AllowLegacy = allowLegacy, Signers = [LoginKeys.Rsa] });

        Assert.Equal(expected is null ? ["service", "none"] : ["service", $"sign {expected}", "none"], Requests(server));
        Assert.Equal(expected is null ? ForwardError.AuthenticationRequired : ForwardError.AuthenticationFailed, e.Error);
        Assert.Equal(expected is null, e.Message.Contains("The key rsa was not tried", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Client_ToldTheAlgorithmsInTheLogin_GoesByThem()
    {
        ScriptedPipe? told = null;
        told = new ScriptedPipe(Messages.ServiceAccept)
        {
            ServerSignatureAlgorithms = ["ssh-ed25519"],
            Answer = message =>
            {
                told!.ServerSignatureAlgorithms = ModernAlgorithms; // OpenSSH 10 sends a second EXT_INFO
                return Messages.Describe(message) == "service" ? [] : [Messages.Failure("publickey")];
            },
        };

        await FailAsync(told, new() { UserName = "user", Signers = [LoginKeys.Rsa, LoginKeys.Ed25519(1)] });

        Assert.Equal(["service", "none", "query rsa-sha2-512", "query ssh-ed25519"], Requests(told));
    }

    [Fact]
    public async Task Client_OfferedKeyboardInteractiveInPlaceOfPassword_AnswersTheOneQuestion()
    {
        ScriptedPipe server = Server(
            Messages.Failure("publickey", "keyboard-interactive"),
            Messages.InfoRequest(),
            Messages.InfoRequest(("Password: ", false)),
            Messages.InfoRequest(),
            Messages.Success);

        await RunAsync(server, new() { UserName = "user", Password = "pass" });

        Assert.Equal(["service", "none", "keyboard-interactive", "answer", "answer", "answer"], Requests(server));
        Assert.Equal("3d00000000", Convert.ToHexStringLower(server.Sent[3]));
        Assert.Equal("3d000000010000000470617373", Convert.ToHexStringLower(server.Sent[4]));
        Assert.Equal("3d00000000", Convert.ToHexStringLower(server.Sent[5]));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Client_AskedForSomethingElse_GivesUp(bool isEchoed, bool isTwo)
    {
        (string, bool)[] prompts = isTwo ? [("Token\u001b[31m: ", isEchoed), ("Password: ", false)] : [("Token\u001b[31m: ", isEchoed)];
        ScriptedPipe server = Server(Messages.Failure("keyboard-interactive"), Messages.InfoRequest(prompts));

        SshException e = await FailAsync(server, new() { UserName = "user", Password = "pass" });

        Assert.DoesNotContain("answer", Requests(server));
        Assert.Contains("asks for more than the password: Token\\x1b[31m:", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_AskedASecondTime_GivesUp()
    {
        ScriptedPipe server = Server(
            Messages.Failure("keyboard-interactive"), Messages.InfoRequest(("Password: ", false)), Messages.InfoRequest(("Code: ", false)));

        SshException e = await FailAsync(server, new() { UserName = "user", Password = "pass" });

        Assert.Equal(["service", "none", "keyboard-interactive", "answer"], Requests(server));
        Assert.Equal(ForwardError.AuthenticationFailed, e.Error);
        Assert.Contains("Code: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_OfAServerThatAcceptsAndWantsMore_GivesIt()
    {
        ScriptedPipe server = Server(Messages.Partial("password"), Messages.Partial("keyboard-interactive"),
            Messages.InfoRequest(("Again: ", false)), Messages.Success);

        await RunAsync(server, new() { UserName = "user", Password = "pass", Signers = [LoginKeys.Ed25519(1)] });

        Assert.Equal(["service", "sign ssh-ed25519", "password", "keyboard-interactive", "answer"], Requests(server));
        Assert.Equal(2, _log.WithId(LoginLog.AcceptedInPart).Count);
    }

    [Fact]
    public async Task Client_OfAServerThatWantsTwoKeys_GivesBoth()
    {
        SshPrivateKey[] keys = [LoginKeys.Ed25519(1), LoginKeys.Ed25519(2)];
        ScriptedPipe server = Server(
            Messages.Failure("publickey"),
            AuthenticationCodec.WriteKeyAccepted("ssh-ed25519", keys[0].PublicKey.Blob.Span),
            Messages.Partial("publickey"),
            AuthenticationCodec.WriteKeyAccepted("ssh-ed25519", keys[1].PublicKey.Blob.Span),
            Messages.Success);

        await RunAsync(server, new() { UserName = "user", Signers = keys });

        Assert.Equal(2, Requests(server).Count(request => request == "sign ssh-ed25519"));
    }

    [Fact]
    public async Task Client_OfAServerThatAcceptsWithoutEnd_GivesUpAfter16()
    {
        ScriptedPipe server = new(Messages.ServiceAccept)
        {
            Answer = message => Messages.Describe(message) == "service" ? [] : [Messages.Partial("password")],
        };

        SshException e = await FailAsync(server, new() { UserName = "user", Password = "pass" });

        Assert.Equal(DisconnectReason.NoMoreAuthMethodsAvailable, e.Reason);
        Assert.Equal(1 + 1 + 16, server.Sent.Count);
    }

    [Fact]
    public async Task Client_WithAWrongPassword_IsToldWhatWasTried()
    {
        ScriptedPipe server = Server(Messages.Failure("password", "publickey"), Messages.Failure("password", "publickey"));

        SshException e = await FailAsync(server, new() { UserName = "user", Password = "pass", Server = "example:22" });

        Assert.Equal(ForwardError.AuthenticationFailed, e.Error);
        Assert.Equal(DisconnectReason.NoMoreAuthMethodsAvailable, e.Reason);
        Assert.Equal("The login of user at example:22 has failed. Tried: password; it offers: password, publickey.", e.Message);
    }

    [Fact]
    public async Task Client_WithNothingThatTheServerTakes_IsToldWhatIsNeeded()
    {
        ScriptedPipe server = Server(Messages.Failure("publickey"));

        SshException e = await FailAsync(server, new() { UserName = "user", Password = "pass" });

        Assert.Equal(ForwardError.AuthenticationRequired, e.Error);
        Assert.Equal(
            "The login of user at the SSH server has failed. No login is configured that it takes; it offers: publickey.", e.Message);
    }

    [Fact]
    public async Task Client_WhosePasswordHasToBeChanged_SaysSo()
    {
        ScriptedPipe server = Server(
            Messages.Failure("password"), AuthenticationCodec.WriteText(MessageNumber.UserAuthMethod60, "expired\r\n"));

        SshException e = await FailAsync(server, new() { UserName = "user", Password = "pass" });

        Assert.Equal(ForwardError.AuthenticationFailed, e.Error);
        Assert.Contains("wants the password to be changed first, and says: expired\\x0d\\x0a", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_LetGoOfBeforeARefusal_HasLostItsConnection()
    {
        ScriptedPipe server = new(Messages.ServiceAccept, Messages.Failure("password"))
        {
            End = new SshException(DisconnectReason.ConnectionLost, ForwardError.ConnectionClosed, "The peer has gone."),
        };

        Assert.Same(server.End, await FailAsync(server, new() { UserName = "user", Password = "pass" }));
    }

    [Fact]
    public async Task Client_LetGoOfAfterARefusal_HasFailedToLogIn()
    {
        ScriptedPipe server = new(Messages.ServiceAccept, Messages.Failure("publickey"), Messages.Failure("publickey"))
        {
            End = new SshException(DisconnectReason.ConnectionLost, ForwardError.ConnectionClosed, "Too many authentication failures."),
        };

        SshException e = await FailAsync(server, new() { UserName = "user", Signers = [LoginKeys.Ed25519(1), LoginKeys.Ed25519(2)] });

        Assert.Equal(ForwardError.AuthenticationFailed, e.Error);
        Assert.Contains("Too many authentication failures.", e.Message, StringComparison.Ordinal);
        Assert.Same(server.End, e.InnerException);
    }

    [Fact]
    public async Task Banner_IsLoggedEscaped()
    {
        ScriptedPipe server = Server(Messages.Banner("Hello\u001b[2J\r\n\r\nyou\n"), Messages.Success);

        await RunAsync(server, new() { UserName = "user" });

        Assert.Equal(["Hello\\x1b[2J", "you"], _log.WithId(LoginLog.Banner).Select(entry => entry.Values["Line"]));
        Assert.All(_log.WithId(LoginLog.Banner), entry => Assert.Equal(LogLevel.Information, entry.Level));
    }

    [Fact]
    public async Task Banner_OfManyLines_IsLoggedForWhoLooksClosely()
    {
        ScriptedPipe server = Server(Messages.Banner(string.Join('\n', Enumerable.Repeat("x", 1024))), Messages.Success);

        await RunAsync(server, new() { UserName = "user" });

        Assert.Equal(20, _log.WithId(LoginLog.Banner).Count(entry => entry.Level == LogLevel.Information));
        Assert.Equal(1004, _log.WithId(LoginLog.Banner).Count(entry => entry.Level == LogLevel.Debug));
    }

    public static TheoryData<string> Sessions => AuthenticationCodecTests.Sessions;

    public static TheoryData<string, ReadOnlyMemory<byte>[]> HostileServers => new()
    {
        { "banners without end", [.. Enumerable.Repeat(Messages.Banner(""), 10_000)] },
        { "a banner of too many lines", [Messages.Banner(new string('\n', 1100) + "x")] },
        { "a banner cut short", [new byte[] { 53, 0, 0, 0, 9, 0 }] },
        { "a million questions", [Messages.Failure("keyboard-interactive"), Questions(1_000_000)] },
        { "questions that are not there", [Messages.Failure("keyboard-interactive"), Questions(3)] },
        {
            "no questions without end",
            [Messages.Failure("keyboard-interactive"), .. Enumerable.Repeat(Messages.InfoRequest(), 1000)]
        },
        { "a failure cut short", [new byte[] { 51, 0, 0 }] },
        { "a channel before the login", [new byte[] { 90, 0, 0 }] },
        { "a global request before the login", [SshWriter.Message(80).Text("hostkeys-00@openssh.com").Boolean(false).WrittenMemory] },
        { "a request to a client", [Messages.Request("user", "none")] },
        { "a question nobody asked for", [AuthenticationCodec.WriteInfoRequest("Password: ")] },
        { "an empty message", [ReadOnlyMemory<byte>.Empty] },
        { "a second accepted service", [Messages.ServiceAccept] },
    };

    [Theory]
    [MemberData(nameof(HostileServers))]
    public async Task Server_ThatMisbehaves_IsDropped(string circumstance, ReadOnlyMemory<byte>[] messages)
    {
        ScriptedPipe server = Server(messages);

        SshException e = await FailAsync(server, new() { UserName = "user", Password = "pass" });

        Assert.True(e.Reason == DisconnectReason.ProtocolError, circumstance);
        Assert.Equal(ForwardError.ProtocolError, e.Error);
        Assert.InRange(server.Sent.Count, 1, 20);
    }

    [Theory]
    [InlineData("")]
    [InlineData("3300000000" + "00")]
    [InlineData("34")]
    [InlineData("060000000e7373682d636f6e6e656374696f6e")]
    [InlineData("0600000040")]
    public async Task Service_ThatIsNotAccepted_EndsTheLogin(string reply)
    {
        ScriptedPipe server = new(Convert.FromHexString(reply));

        SshException e = await FailAsync(server, new() { UserName = "user" });

        Assert.Equal(DisconnectReason.ProtocolError, e.Reason);
    }

    [Fact]
    public async Task Service_AcceptedWithoutItsName_IsEnough()
    {
        ScriptedPipe server = new(new byte[] { MessageNumber.ServiceAccept }, Messages.Success);

        await RunAsync(server, new() { UserName = "user" });

        Assert.Equal(["service", "none"], Requests(server));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task KeyAccepted_ThatWasNotAskedAbout_EndsTheLogin(bool isOtherKey)
    {
        SshPrivateKey[] keys = [LoginKeys.Ed25519(1), LoginKeys.Ed25519(2)];
        ScriptedPipe server = Server(
            Messages.Failure("publickey"),
            AuthenticationCodec.WriteKeyAccepted(
                isOtherKey ? "ssh-ed25519" : "rsa-sha2-256", keys[isOtherKey ? 1 : 0].PublicKey.Blob.Span));

        SshException e = await FailAsync(server, new() { UserName = "user", Signers = keys });

        Assert.Equal(DisconnectReason.ProtocolError, e.Reason);
        Assert.DoesNotContain("sign ssh-ed25519", Requests(server));
    }

    [Theory]
    [MemberData(nameof(Sessions))]
    public async Task RecordedServer_OfAnotherImplementation_HearsWhatTheRecordedClientSaid(string name)
    {
        JsonElement session = AuthenticationCodecTests.Session(name);
        byte[][] said = [.. AuthenticationCodecTests.Payloads(session, "c2s")];
        ScriptedPipe server = new(AuthenticationCodecTests.Payloads(session, "s2c").Select(payload => (ReadOnlyMemory<byte>)payload))
        {
            SessionId = AuthenticationCodecTests.Hex(session.GetProperty("kexes")[0].GetProperty("session_id")),
        };

        await RunAsync(server, new() { UserName = "vector", Signers = [new Recorded(said[^1]), LoginKeys.Ed25519(1)] });

        Assert.Equal(said, server.Sent);
    }

    [Fact]
    public async Task Cancellation_EndsTheLogin()
    {
        PipePair pair = new();
        using CancellationTokenSource stop = new();
        Task login = new ClientAuthentication(new() { UserName = "user" }).RunAsync(pair.Client, stop.Token).AsTask();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => login.OrFail());
    }

    [Fact]
    public void Settings_AsText_HaveNoPassword() =>
        Assert.Equal("user at the SSH server", $"{new ClientAuthenticationSettings { UserName = "user", Password = "pass" }}");

    private static ReadOnlyMemory<byte> Questions(uint count) =>
        SshWriter.Message(60).Text("").Text("").Text("").UInt32(count).WrittenMemory;

    /// <summary>A server that takes the service, and says this one by one.</summary>
    private static ScriptedPipe Server(params ReadOnlyMemory<byte>[] replies) => new([Messages.ServiceAccept, .. replies]);

    private static Func<byte[], IEnumerable<ReadOnlyMemory<byte>>> RefuseAll(params string[] methods) =>
        message => message[0] == MessageNumber.ServiceRequest ? [] : [Messages.Failure(methods)];

    private static IEnumerable<string> Requests(ScriptedPipe server) => server.Sent.Select(message => Messages.Describe(message));

    private async Task RunAsync(ScriptedPipe server, ClientAuthenticationSettings settings)
    {
        await new ClientAuthentication(settings with { Logger = _log.CreateLogger("client") }).RunAsync(server, default).OrFail();
        Assert.False(server.HasMore);
        Assert.Single(_log.WithId(LoginLog.LoggedIn));
    }

    private async Task<SshException> FailAsync(ScriptedPipe server, ClientAuthenticationSettings settings) =>
        await Assert.ThrowsAsync<SshException>(() =>
            new ClientAuthentication(settings with { Logger = _log.CreateLogger("client") }).RunAsync(server, default).OrFail());

    /// <summary>The key of a signed request that was recorded. It signs that once more, and nothing else.</summary>
    private sealed class Recorded : ISshSigner
    {
        private readonly byte[] _signature;

        public Recorded(byte[] payload)
        {
            Assert.True(AuthenticationCodec.TryReadRequest(payload, out UserAuthRequest request));
            Assert.True(AuthenticationCodec.TryReadPublicKey(request.Fields, out PublicKeyFields fields));
            PublicKey = TestKeys.Read(fields.Blob);
            _signature = fields.Signature.ToArray();
        }

        public SshPublicKey PublicKey { get; }

        public string Name => "recorded";

        public ValueTask<byte[]> SignAsync(string algorithm, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
        {
            Assert.True(PublicKey.Verify(algorithm, data.Span, _signature));
            return ValueTask.FromResult(_signature);
        }
    }

    /// <summary>A key whose agent does not want to sign.</summary>
    private sealed class Refusing(ISshSigner inner) : ISshSigner
    {
        public SshPublicKey PublicKey => inner.PublicKey;

        public string Name => "refusing";

        public ValueTask<byte[]> SignAsync(string algorithm, ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
            throw new IOException("The agent refused.");
    }
}
