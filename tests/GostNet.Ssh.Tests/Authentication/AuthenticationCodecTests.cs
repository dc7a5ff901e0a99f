using System.Text;
using System.Text.Json;
using GostNet.Ssh.Authentication;
using GostNet.Ssh.Tests.Keys;
using GostNet.Ssh.Wire;
using GostNet.Tests.Protocols;

namespace GostNet.Ssh.Tests.Authentication;

public sealed class AuthenticationCodecTests
{
    private const int Seed = 20240521;

    public static TheoryData<string> Sessions =>
        [.. TestKeys.ReadJson("transcripts.json").GetProperty("sessions").EnumerateArray().Select(s => s.GetProperty("name").GetString()!)];

    [Theory]
    [InlineData(0, true)]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void Request_WithALongUserName_IsReadUpToTheLimit(int length, bool expected)
    {
        ReadOnlyMemory<byte> request = Messages.Request(new string('u', length), "none");

        Assert.Equal(expected, AuthenticationCodec.TryReadRequest(request.Span, out _));
    }

    [Theory]
    [InlineData("ssh-connection", "none", true)]
    [InlineData("ssh-connection", "a b", false)]
    [InlineData("ssh-connection", "a\n", false)]
    [InlineData("s\u00e9", "none", false)]
    public void Request_WithNamesThatAreNone_IsNotRead(string service, string method, bool expected) =>
        Assert.Equal(expected, AuthenticationCodec.TryReadRequest(Messages.Request("u", method, service: service).Span, out _));

    [Fact]
    public void Request_WithAMethodOver64Characters_IsNotRead()
    {
        Assert.True(AuthenticationCodec.TryReadRequest(Messages.Request("u", new string('m', 64)).Span, out _));
        Assert.False(AuthenticationCodec.TryReadRequest(Messages.Request("u", new string('m', 65)).Span, out _));
    }

    [Fact]
    public void Password_IsReadAsItWasWritten()
    {
        Assert.True(AuthenticationCodec.TryReadRequest(Messages.Password("ü", "pä").Span, out UserAuthRequest request));

        Assert.Equal("ü", Encoding.UTF8.GetString(request.UserName));
        Assert.Equal("ssh-connection", request.Service);
        Assert.Equal("password", request.Method);
        Assert.True(AuthenticationCodec.TryReadPassword(request.Fields, out ReadOnlySpan<byte> password, out _, out bool isChange));
        Assert.Equal("pä", Encoding.UTF8.GetString(password));
        Assert.False(isChange);
    }

    [Fact]
    public void PasswordChange_IsReadWithBothPasswords()
    {
        ReadOnlySpan<byte> fields = new SshWriter().Boolean(true).Text("old").Text("new").Written;

        Assert.True(AuthenticationCodec.TryReadPassword(
            fields, out ReadOnlySpan<byte> password, out ReadOnlySpan<byte> newPassword, out bool isChange));
        Assert.True(isChange);
        Assert.Equal("old"u8, password);
        Assert.Equal("new"u8, newPassword);
    }

    [Fact]
    public void Failure_WithNamesThatAreNone_IsReadWithoutThem()
    {
        ReadOnlyMemory<byte> failure = Messages.Failure("password", "", "a b", new string('x', 65), "publickey");

        Assert.True(AuthenticationCodec.TryReadFailure(failure.Span, out IReadOnlyList<string> methods, out bool isPartial));
        Assert.Equal(["password", "publickey"], methods);
        Assert.False(isPartial);
    }

    [Fact]
    public void Failure_WithoutMethods_IsRead()
    {
        Assert.True(AuthenticationCodec.TryReadFailure(Messages.Partial().Span, out IReadOnlyList<string> methods, out bool isPartial));
        Assert.Empty(methods);
        Assert.True(isPartial);
    }

    [Fact]
    public void Failure_WithManyMethods_IsReadInPart()
    {
        string[] names = [.. Enumerable.Range(0, 1000).Select(i => $"m{i}")];

        Assert.True(AuthenticationCodec.TryReadFailure(Messages.Failure(names).Span, out IReadOnlyList<string> methods, out _));
        Assert.Equal(names.Take(AuthenticationCodec.MaxMethods), methods);
    }

    [Fact]
    public void Failure_WithAListOf8KiBAndMore_IsNotRead() =>
        Assert.False(AuthenticationCodec.TryReadFailure(Messages.Failure(new string('x', 8193)).Span, out _, out _));

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(32, true)]
    [InlineData(33, false)]
    public void InfoRequest_IsReadUpToItsLimit(int count, bool expected)
    {
        (string, bool)[] prompts = [.. Enumerable.Range(0, count).Select(i => ($"p{i}", i % 2 == 0))];

        Assert.Equal(expected, AuthenticationCodec.TryReadInfoRequest(Messages.InfoRequest(prompts).Span, out InfoRequest request));
        Assert.Equal(expected ? count : 0, request.PromptCount);
        Assert.Equal(expected && count > 0 ? "p0" : "", Encoding.UTF8.GetString(request.Prompt));
        Assert.Equal(expected && count > 0, request.IsEchoed);
    }

    [Fact]
    public void InfoRequest_OfOneQuestion_IsReadAsItWasWritten()
    {
        ReadOnlyMemory<byte> written = AuthenticationCodec.WriteInfoRequest("Password: ");

        Assert.True(AuthenticationCodec.TryReadInfoRequest(written.Span, out InfoRequest request));
        Assert.Equal(1, request.PromptCount);
        Assert.Equal("Password: "u8, request.Prompt);
        Assert.False(request.IsEchoed);
    }

    [Fact]
    public void InfoRequest_ThatAnnouncesAMillionQuestions_IsNotRead()
    {
        ReadOnlyMemory<byte> request = SshWriter.Message(60).Text("").Text("").Text("").UInt32(1_000_000).WrittenMemory;

        Assert.False(AuthenticationCodec.TryReadInfoRequest(request.Span, out _));
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData("", 1)]
    [InlineData("secret", 1)]
    public void InfoResponse_IsReadAsItWasWritten(string? answer, int expected)
    {
        SshWriter written = AuthenticationCodec.WriteInfoResponse(answer);

        Assert.True(AuthenticationCodec.TryReadInfoResponse(written.Written, out int count, out ReadOnlySpan<byte> read));
        Assert.Equal(expected, count);
        Assert.Equal(answer ?? "", Encoding.UTF8.GetString(read));
    }

    [Theory]
    [InlineData("3d00000021")]
    [InlineData("3dffffffff")]
    [InlineData("3d00000001")]
    [InlineData("3d0000000000")]
    public void InfoResponse_ThatDoesNotFit_IsNotRead(string payload) =>
        Assert.False(AuthenticationCodec.TryReadInfoResponse(Convert.FromHexString(payload), out _, out _));

    [Fact]
    public void Text_IsReadAsItWasWritten()
    {
        Assert.True(AuthenticationCodec.TryReadText(Messages.Banner("hello\r\n").Span, out ReadOnlySpan<byte> text));
        Assert.Equal("hello\r\n"u8, text);
    }

    [Theory]
    [MemberData(nameof(Sessions))]
    public void Messages_OfARecordedLogin_AreReadAndWrittenAsTheyAre(string name)
    {
        JsonElement session = Session(name);
        byte[] sessionId = Hex(session.GetProperty("kexes")[0].GetProperty("session_id"));
        var seen = new HashSet<string>();
        foreach (byte[] payload in Payloads(session, "c2s").Concat(Payloads(session, "s2c")))
        {
            ReadOnlyMemory<byte> written = payload[0] switch
            {
                MessageNumber.ServiceRequest or MessageNumber.ServiceAccept => Rewrite(payload),
                MessageNumber.UserAuthRequest => RewriteRequest(payload, sessionId),
                MessageNumber.UserAuthFailure => RewriteFailure(payload),
                MessageNumber.UserAuthMethod60 => RewriteKeyAccepted(payload),
                MessageNumber.UserAuthSuccess => AuthenticationCodec.WriteSuccess(),
                _ => default,
            };
            if (!written.IsEmpty)
            {
                Assert.Equal(payload, written.ToArray());
                seen.Add(payload[0] == MessageNumber.UserAuthRequest ? Messages.Describe(payload) : $"{payload[0]}");
            }
        }

        Assert.Superset(new HashSet<string> { "5", "6", "none", "query ssh-ed25519", "sign ssh-ed25519", "51", "60", "52" }, seen);
    }

    [Fact]
    public void Anything_IsReadOrNot()
    {
        Random random = new(Seed);
        byte[] key = LoginKeys.Ed25519(1).PublicKey.Blob.ToArray();
        byte[][] messages =
        [
            Messages.ServiceRequest.ToArray(),
            Messages.Request("user", "none").ToArray(),
            Messages.Password("user", "pass").ToArray(),
            AuthenticationCodec.WriteKeyQuery("user", "ssh-ed25519", key).ToArray(),
            AuthenticationCodec.WriteSignedRequest("user", "ssh-ed25519", key, new byte[83]).ToArray(),
            AuthenticationCodec.WriteKeyboardInteractive("user").ToArray(),
            Messages.Partial("password", "publickey").ToArray(),
            Messages.Banner("a\nb").ToArray(),
            AuthenticationCodec.WriteKeyAccepted("ssh-ed25519", key).ToArray(),
            Messages.InfoRequest(("a", true), ("b", false)).ToArray(),
            AuthenticationCodec.WriteInfoResponse("secret").ToArray(),
        ];
        byte[] space = new byte[600];
        int read = 0;
        for (int i = 0; i < Fuzz.Cases(10_000); i++)
        {
            ReadOnlySpan<byte> payload = Fuzz.Bend(random, messages, space);
            read += AuthenticationCodec.TryReadService(payload, out _) ? 1 : 0;
            read += AuthenticationCodec.TryReadFailure(payload, out _, out _) ? 1 : 0;
            read += AuthenticationCodec.TryReadText(payload, out _) ? 1 : 0;
            read += AuthenticationCodec.TryReadKeyAccepted(payload, out _, out _) ? 1 : 0;
            read += AuthenticationCodec.TryReadInfoRequest(payload, out _) ? 1 : 0;
            read += AuthenticationCodec.TryReadInfoResponse(payload, out _, out _) ? 1 : 0;
            if (AuthenticationCodec.TryReadRequest(payload, out UserAuthRequest request))
            {
                read += AuthenticationCodec.TryReadPassword(request.Fields, out _, out _, out _) ? 1 : 0;
                read += AuthenticationCodec.TryReadPublicKey(request.Fields, out _) ? 1 : 0;
                read += AuthenticationCodec.TryReadKeyboardInteractive(request.Fields) ? 1 : 0;
            }
        }

        Assert.InRange(read, Fuzz.Cases(10_000) / 4, int.MaxValue);
    }

    internal static JsonElement Session(string name) => TestKeys.ReadJson("transcripts.json").GetProperty("sessions").EnumerateArray()
        .Single(session => session.GetProperty("name").GetString() == name);

    internal static byte[] Hex(JsonElement value) => Convert.FromHexString(value.GetString()!);

    /// <summary>The messages of a recorded login that go one way.</summary>
    internal static IEnumerable<byte[]> Payloads(JsonElement session, string direction) => session.GetProperty("packets").EnumerateArray()
        .Where(packet => packet.GetProperty("dir").GetString() == direction)
        .Select(packet => Hex(packet.GetProperty("payload")))
        .Where(payload => payload[0] is MessageNumber.ServiceRequest or MessageNumber.ServiceAccept or (>= 50 and < 80));

    private static ReadOnlyMemory<byte> Rewrite(byte[] payload)
    {
        Assert.True(AuthenticationCodec.TryReadService(payload, out string service));
        return AuthenticationCodec.WriteService(payload[0], service);
    }

    private static ReadOnlyMemory<byte> RewriteFailure(byte[] payload)
    {
        Assert.True(AuthenticationCodec.TryReadFailure(payload, out IReadOnlyList<string> methods, out bool isPartial));
        return AuthenticationCodec.WriteFailure(methods, isPartial);
    }

    private static ReadOnlyMemory<byte> RewriteKeyAccepted(byte[] payload)
    {
        Assert.True(AuthenticationCodec.TryReadKeyAccepted(payload, out string algorithm, out ReadOnlySpan<byte> blob));
        return AuthenticationCodec.WriteKeyAccepted(algorithm, blob);
    }

    private static ReadOnlyMemory<byte> RewriteRequest(byte[] payload, byte[] sessionId)
    {
        Assert.True(AuthenticationCodec.TryReadRequest(payload, out UserAuthRequest request));
        string userName = Encoding.UTF8.GetString(request.UserName);
        if (request.Method == AuthenticationCodec.NoneMethod)
        {
            return AuthenticationCodec.WriteNone(userName);
        }

        Assert.True(AuthenticationCodec.TryReadPublicKey(request.Fields, out PublicKeyFields fields));
        if (!fields.HasSignature)
        {
            return AuthenticationCodec.WriteKeyQuery(userName, fields.Algorithm, fields.Blob);
        }

        ReadOnlyMemory<byte> data =
            AuthenticationCodec.WriteSignedData(sessionId, request.UserName, request.Service, fields.Algorithm, fields.Blob);
        Assert.True(TestKeys.Read(fields.Blob).Verify(fields.Algorithm, data.Span, fields.Signature));
        return AuthenticationCodec.WriteSignedRequest(userName, fields.Algorithm, fields.Blob, fields.Signature);
    }
}
