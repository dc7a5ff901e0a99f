using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GostNet.Tests.Shared;
using GostNet.Transports.Tls;

namespace GostNet.Tests.Transports.Tls;

/// <summary>How a client checks a server (transports, sections 3 and 10).</summary>
public class TlsVerificationTests
{
    private static readonly TlsClientOptions OwnAuthority = new() { CertificateAuthorities = [TestCertificates.Authority] };
    private static readonly TlsClientOptions OtherAuthority = new() { CertificateAuthorities = [TestCertificates.OtherAuthority] };
    private static readonly string ServerPin = PublicKeyPin.Of(TestCertificates.Server);
    private static readonly string NoPin = "sha256:" + new string('0', 64);

    [Theory]
    [InlineData("db.example")]
    [InlineData("DB.example")]
    [InlineData("db.example.")]
    [InlineData("10.0.0.5")]
    public async Task Verify_AuthorityAndNameFit_Accepts(string host) =>
        await TlsPair.ConnectAsync(OwnAuthority, host, TestCertificates.Server);

    [Theory]
    [InlineData("evil.example", "evil.example")]
    [InlineData("other.example", "other.example")] // the common name, which is not a name of the server (RFC 9525, section 2)
    [InlineData("10.0.0.6", "10.0.0.6")]
    [InlineData("", "localhost")]
    public async Task Verify_NameDiffers_Rejects(string host, string name) =>
        Assert.Contains($"does not bear the name '{name}'", (await RejectAsync(OwnAuthority, host, TestCertificates.Server)).Message,
            StringComparison.Ordinal);

    [Fact]
    public async Task Verify_ServerNameGiven_IsTheOneThatCounts()
    {
        await TlsPair.ConnectAsync(OwnAuthority with { ServerName = "db.example" }, "10.9.9.9", TestCertificates.Server);
        await RejectAsync(OwnAuthority with { ServerName = "evil.example" }, "db.example", TestCertificates.Server);
    }

    [Fact]
    public async Task Verify_UnknownAuthority_RejectsAndTellsThePin()
    {
        ForwardException failure = await RejectAsync(new(), "db.example", TestCertificates.Server);

        Assert.Contains(ServerPin, failure.Message, StringComparison.Ordinal);
        Assert.False(failure.IsTransient);
    }

    [Fact]
    public async Task Verify_SelfSigned_Rejects() => await RejectAsync(new(), "db.example", certificate: null);

    [Fact]
    public async Task Verify_SelfSignedIsTheAuthority_Accepts()
    {
        TlsServer server = TlsSides.Server();

        await TlsPair.ConnectAsync(TlsSides.Client(new() { CertificateAuthorities = [server.Certificate] }), server);
    }

    [Fact]
    public async Task Verify_AnotherAuthorityOfTheSameName_Rejects() =>
        await RejectAsync(OtherAuthority, "db.example", TestCertificates.Server);

    [Fact]
    public async Task Verify_Expired_Rejects() => await RejectAsync(OwnAuthority, "db.example", TestCertificates.Expired);

    [Fact]
    public async Task Verify_ClockBeforeTheBeginning_Rejects() =>
        await RejectAsync(OwnAuthority, "db.example", TestCertificates.Server, new ManualTimeProvider());

    [Fact]
    public async Task Verify_ForClientsOnly_Rejects() => await RejectAsync(OwnAuthority, "db.example", TestCertificates.Client);

    [Fact]
    public async Task Verify_IntermediateIsSent_Accepts()
    {
        TlsServerOptions server = new() { Certificate = TestCertificates.IndirectServer, Intermediates = [TestCertificates.Intermediate] };

        await TlsPair.ConnectAsync(TlsSides.Client(OwnAuthority), TlsSides.Server(server));
    }

    [Fact]
    public async Task Verify_IntermediateIsNotSent_Rejects() =>
        await RejectAsync(OwnAuthority, "db.example", TestCertificates.IndirectServer);

    [Fact]
    public async Task Verify_NamesAreNotReadable_Rejects()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=db.example", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509Extension("2.5.29.17", [0x30, 0x03, 0x82, 0x7f, 0x41], critical: false));
        using X509Certificate2 odd = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        TlsClientOptions options = new() { CertificateAuthorities = [odd] };

        await RejectAsync(options, "db.example", odd);
        await TlsPair.ConnectAsync(options with { CertificateAuthorities = [], Verify = false }, "db.example", odd);
        await TlsPair.ConnectAsync(new TlsClientOptions { Pins = [PublicKeyPin.Of(odd)] }, "db.example", odd);
    }

    [Fact]
    public async Task Verify_Off_AcceptsAnything() =>
        await TlsPair.ConnectAsync(new TlsClientOptions { Verify = false }, "evil.example", TestCertificates.Expired);

    [Fact]
    public async Task CheckName_Off_ChecksTheChainOnly()
    {
        await TlsPair.ConnectAsync(OwnAuthority with { CheckName = false }, "evil.example", TestCertificates.Server);
        await RejectAsync(OtherAuthority with { CheckName = false }, "db.example", TestCertificates.Server);
        await RejectAsync(OwnAuthority with { CheckName = false }, "db.example", TestCertificates.Expired);
        await RejectAsync(OwnAuthority with { CheckName = false }, "db.example", TestCertificates.Client);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pins_KeyIsPinned_AcceptsWhateverElseIsWrong(bool isHex)
    {
        string pin = isHex ? ServerPin.ToUpperInvariant() : "sha256:" + Convert.ToBase64String(PublicKeyPin.Hash(TestCertificates.Server));

        await TlsPair.ConnectAsync(new TlsClientOptions { Pins = [NoPin, pin] }, "evil.example", TestCertificates.Server);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pins_AnotherKey_RejectsWhateverElseIsRight(bool verify)
    {
        ForwardException failure = await RejectAsync(
            OwnAuthority with { Verify = verify, Pins = [NoPin] }, "db.example", TestCertificates.Server);

        Assert.Contains(
            $"it has none of the pinned keys (its public key is {ServerPin})", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("sha256:")]
    [InlineData("sha256:00")]
    [InlineData("sha1:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("sha256:000000000000000000000000000000000000000000000000000000000000000g")]
    [InlineData("sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")]
    public void Pins_NotOne_Throws(string pin) =>
        Assert.Throws<ArgumentException>(() => TlsSides.Client(new() { Pins = [pin] }));

    [Theory]
    [InlineData("db.example", true, SslPolicyErrors.None)]
    [InlineData("evil.example", false, SslPolicyErrors.RemoteCertificateNameMismatch)]
    public async Task Callback_Accepts_IsToldWhatTheChecksFind(string host, bool checkName, SslPolicyErrors expected)
    {
        List<(string?, SslPolicyErrors)> told = [];
        TlsClientOptions options = OwnAuthority with
        {
            CheckName = checkName,
            RemoteCertificateValidationCallback = (_, certificate, _, errors) => Tell(told, certificate, errors),
        };

        await TlsPair.ConnectAsync(options, host, TestCertificates.Server);

        Assert.Equal([(TestCertificates.Server.GetCertHashString(), expected)], told);
    }

    [Fact]
    public async Task Callback_VerifyIsOff_DecidesAlone()
    {
        List<(string?, SslPolicyErrors)> told = [];
        TlsClientOptions options = new()
        {
            Verify = false, RemoteCertificateValidationCallback = (_, certificate, _, errors) => Tell(told, certificate, errors),
        };

        await TlsPair.ConnectAsync(options, "evil.example", TestCertificates.Server);

        Assert.Equal(SslPolicyErrors.RemoteCertificateNameMismatch | SslPolicyErrors.RemoteCertificateChainErrors, Assert.Single(told).Item2);
    }

    [Fact]
    public async Task Callback_ChecksFailed_IsNotAsked()
    {
        int asked = 0;

        await RejectAsync(
            OwnAuthority with { RemoteCertificateValidationCallback = (_, _, _, _) => ++asked > 0 }, "evil.example", TestCertificates.Server);

        Assert.Equal(0, asked);
    }

    [Theory]
    [InlineData(false, "the validation callback does not accept it")]
    [InlineData(true, "the validation callback failed: lost")]
    public async Task Callback_SaysNo_Rejects(bool throws, string reason)
    {
        ForwardException failure = await RejectAsync(
            OwnAuthority with
            {
                Pins = [ServerPin],
                RemoteCertificateValidationCallback = (_, _, _, _) => throws ? throw new InvalidOperationException("lost") : false,
            },
            "db.example",
            TestCertificates.Server);

        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    private static bool Tell(List<(string?, SslPolicyErrors)> told, X509Certificate? certificate, SslPolicyErrors errors)
    {
        told.Add((certificate?.GetCertHashString(), errors));
        return true;
    }

    private static async Task<ForwardException> RejectAsync(
        TlsClientOptions options, string host, X509Certificate2? certificate, TimeProvider? time = null)
    {
        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(
            () => TlsPair.ConnectAsync(options, host, certificate, time));
        Assert.Equal(ForwardError.CertificateRejected, failure.Error);
        return failure;
    }
}
