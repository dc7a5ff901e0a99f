using System.Security.Cryptography.X509Certificates;
using GostNet.Transports.Tls;

namespace GostNet.Tests.Transports.Tls;

public class TlsVerificationTests
{
    private static readonly TlsClientOptions OwnAuthority = new() { CertificateAuthorities = [TestCertificates.Authority] };
    private static readonly string ServerPin = PublicKeyPin.Of(TestCertificates.Server);

    [Theory]
    [InlineData("db.example")]
    [InlineData("DB.example")]
    [InlineData("10.0.0.5")]
    public async Task Verify_AuthorityAndNameFit_Accepts(string host)
    {
        TlsPair pair = await TlsPair.ConnectAsync(OwnAuthority, host, TestCertificates.Server);

        Assert.NotNull(pair.Client);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("other.example")] // the common name, which is not a name of the server (RFC 9525, section 2)
    [InlineData("10.0.0.6")]
    public async Task Verify_NameDiffers_Rejects(string host) =>
        Assert.Contains($"does not bear the name '{host}'", (await RejectAsync(OwnAuthority, host, TestCertificates.Server)).Message,
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
    public async Task Verify_Expired_Rejects() => await RejectAsync(OwnAuthority, "db.example", TestCertificates.Expired);

    [Fact]
    public async Task Verify_Off_AcceptsAnything() =>
        await TlsPair.ConnectAsync(new TlsClientOptions { Verify = false }, "evil.example", TestCertificates.Expired);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pins_KeyIsPinned_AcceptsWhateverElseIsWrong(bool isHex)
    {
        string pin = isHex ? ServerPin.ToUpperInvariant() : "sha256:" + Convert.ToBase64String(PublicKeyPin.Hash(TestCertificates.Server));

        await TlsPair.ConnectAsync(
            new TlsClientOptions { Pins = ["sha256:" + new string('0', 64), pin] }, "evil.example", TestCertificates.Server);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pins_AnotherKey_RejectsWhateverElseIsRight(bool verify)
    {
        ForwardException failure = await RejectAsync(
            OwnAuthority with { Verify = verify, Pins = ["sha256:" + new string('0', 64)] }, "db.example", TestCertificates.Server);

        Assert.Contains($"it has none of the pinned keys (its public key is {ServerPin})", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("sha256:")]
    [InlineData("sha256:00")]
    [InlineData("sha1:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("sha256:000000000000000000000000000000000000000000000000000000000000000g")]
    [InlineData("sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")]
    public void Pins_NotOne_Throws(string pin) =>
        Assert.Throws<ArgumentException>(() => new TlsClient(new() { Pins = [pin] }, "h", sendsName: false, TimeProvider.System));

    [Fact]
    public void SelfSigned_OfAProcess_IsOneAndNew()
    {
        X509Certificate2 certificate = TlsSides.Server().Certificate;

        Assert.Equal(PublicKeyPin.Of(certificate), PublicKeyPin.Of(TlsSides.Server().Certificate));
        Assert.True(certificate.HasPrivateKey);
        Assert.Equal("1.2.840.10045.2.1", certificate.PublicKey.Oid.Value); // ECC
        Assert.InRange(DateTimeOffset.UtcNow, certificate.NotBefore, certificate.NotAfter);
    }

    private static async Task<ForwardException> RejectAsync(TlsClientOptions options, string host, X509Certificate2? certificate)
    {
        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => TlsPair.ConnectAsync(options, host, certificate));
        Assert.Equal(ForwardError.CertificateRejected, failure.Error);
        return failure;
    }
}
