using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GostNet.Diagnostics;
using GostNet.Tests.Shared;
using GostNet.Transports.Tls;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GostNet.Tests.Transports.Tls;

public sealed class SelfSignedTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly RecordingLoggerFactory _log = new();

    public void Dispose()
    {
        _folder.Dispose();
        _log.Dispose();
    }

    [Fact]
    public void OfThisProcess_EachServer_HasTheSameKey()
    {
        X509Certificate2 certificate = TlsSides.Server(logger: _log.CreateLogger(LogCategories.Forward)).Certificate;

        Assert.Equal(PublicKeyPin.Of(certificate), PublicKeyPin.Of(TlsSides.Server().Certificate));
        Assert.True(certificate.HasPrivateKey);
        Assert.Equal("1.2.840.10045.2.1", certificate.PublicKey.Oid.Value); // ECC
        Assert.InRange(DateTime.Now, certificate.NotBefore, certificate.NotAfter);
        LogEntry entry = Assert.Single(_log.Entries);
        Assert.Equal((LogEventIds.CertificateMade, LogLevel.Warning), (entry.Id.Id, entry.Level));
        Assert.Contains(PublicKeyPin.Of(certificate), entry.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("proxy.example", "proxy.example", true)]
    [InlineData("proxy.example", "127.0.0.1", true)]
    [InlineData("proxy.example", "localhost", true)]
    [InlineData("proxy.example", "other.example", false)]
    [InlineData("10.0.0.5", "10.0.0.5", true)]
    [InlineData("fd00::5", "fd00::5", true)]
    [InlineData("", "::1", true)]
    [InlineData("0.0.0.0", "0.0.0.0", false)]
    [InlineData("::", "127.0.0.1", true)]
    [InlineData("no name\n", "localhost", true)]
    public void NamesOf_Host_AreInTheCertificate(string host, string name, bool expected)
    {
        TlsServer server = new(new(), SelfSignedCertificate.NamesOf(host), TimeProvider.System, NullLogger.Instance);

        Assert.Equal(expected, server.Certificate.MatchesHostname(name, allowCommonName: false));
    }

    [Fact]
    public void SelfSignedFile_Missing_IsMadeForItsOwnerOnly()
    {
        X509Certificate2 certificate = Open().Certificate;

        Assert.Equal(["self.pem"], _folder.Names);
        Assert.True(OperatingSystem.IsWindows()
            || File.GetUnixFileMode(_folder["self.pem"]) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.Equal(_time.GetUtcNow().AddYears(1).UtcDateTime, certificate.NotAfter.ToUniversalTime());
        Assert.True(certificate.MatchesHostname("db.example", allowCommonName: false));
        LogEntry entry = Assert.Single(_log.Entries);
        Assert.Equal((LogEventIds.CertificateKept, LogLevel.Information), (entry.Id.Id, entry.Level));
        Assert.Contains(PublicKeyPin.Of(certificate), entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SelfSignedFile_ThereAlready_IsUsedAgain()
    {
        X509Certificate2 first = Open().Certificate;
        string text = File.ReadAllText(_folder["self.pem"]);

        TlsServer again = Open();

        Assert.Equal(first, again.Certificate);
        Assert.Equal(text, File.ReadAllText(_folder["self.pem"]));
        await TlsPair.ConnectAsync(TlsSides.Client(new() { Pins = [PublicKeyPin.Of(first)] }), again);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SelfSignedFile_RunningOut_IsRenewedWithTheSameKey(bool isRunning)
    {
        TlsServer server = Open();
        X509Certificate2 first = server.Certificate;
        DateTimeOffset end = new(first.NotAfter);
        _time.Advance(end - SelfSignedFile.RenewalTime - _time.GetUtcNow() - TimeSpan.FromSeconds(1));
        Assert.Equal(first, (isRunning ? server : Open()).Certificate);

        _time.Advance(TimeSpan.FromSeconds(1));
        server = isRunning ? server : Open();

        X509Certificate2 second = server.Certificate;
        Assert.NotEqual(first, second);
        Assert.Equal(PublicKeyPin.Of(first), PublicKeyPin.Of(second));
        Assert.Equal(_time.GetUtcNow().AddYears(1).UtcDateTime, second.NotAfter.ToUniversalTime());
        Assert.Equal(second, server.Certificate);
        Assert.Equal(second, Open().Certificate);
        Assert.Equal(["self.pem"], _folder.Names);
        Assert.Single(_log.WithId(LogEventIds.CertificateRenewed));
        await TlsPair.ConnectAsync(TlsSides.Client(new() { Pins = [PublicKeyPin.Of(first)] }), server);
    }

    [Fact]
    public void SelfSignedFile_RenewedButNotWritable_IsUsedAllTheSame()
    {
        TlsServer server = Open();
        X509Certificate2 first = server.Certificate;
        File.Delete(_folder["self.pem"]);
        Directory.CreateDirectory(_folder["self.pem"] + "/in the way"); // so that not even root can write the file

        _time.Advance(TimeSpan.FromDays(340));

        Assert.Equal(PublicKeyPin.Of(first), PublicKeyPin.Of(server.Certificate));
        Assert.NotEqual(first, server.Certificate);
        Assert.Equal(LogLevel.Warning, Assert.Single(_log.WithId(LogEventIds.CertificateNotSaved)).Level);
    }

    [Fact]
    public void SelfSignedFile_NotOneOfOurs_ThrowsAndIsLeftAlone()
    {
        using ECDsa key = TestCertificates.Server.GetECDsaPrivateKey()!;
        string issued = TestCertificates.Server.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem();
        foreach ((string text, string problem) in ((string, string)[])
            [(issued, "self.pem: its certificate is not one that a server made for itself"), ("", "self.pem: there is no certificate")])
        {
            _folder.Write("self.pem", text);
            Assert.Contains(problem, Assert.Throws<ArgumentException>(() => Open()).Message, StringComparison.Ordinal);
            Assert.Equal(text, File.ReadAllText(_folder["self.pem"]));
        }
    }

    [Fact]
    public void SelfSignedFile_InNoFolder_Throws() =>
        Assert.Contains("write a path in a folder that exists", Assert.Throws<ArgumentException>(
            () => TlsSides.Server(new() { SelfSignedFile = _folder["nowhere/self.pem"] })).Message, StringComparison.Ordinal);

    [Fact]
    public async Task SelfSignedFile_MadeByManyAtOnce_IsOne()
    {
        Task<string>[] pins = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(() => PublicKeyPin.Of(Open().Certificate)))];

        Assert.Single((await Task.WhenAll(pins).OrFail()).Distinct());
        Assert.Equal(["self.pem"], _folder.Names);
    }

    private TlsServer Open() =>
        TlsSides.Server(new() { SelfSignedFile = _folder["self.pem"] }, _time, _log.CreateLogger(LogCategories.Forward));
}
