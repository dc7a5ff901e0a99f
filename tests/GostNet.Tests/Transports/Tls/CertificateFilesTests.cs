using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using GostNet.Diagnostics;
using GostNet.Tests.Protocols;
using GostNet.Tests.Shared;
using GostNet.Transports.Tls;
using Microsoft.Extensions.Logging;

namespace GostNet.Tests.Transports.Tls;

public sealed class CertificateFilesTests : IDisposable
{
    private const string Ed25519 = """
        -----BEGIN CERTIFICATE-----
        MIIBNDCB56ADAgECAhR21GsL8DjgWwY3qo+onGyniMT6BjAFBgMrZXAwDzENMAsG
        A1UECgwEdGVzdDAgFw0yNjExMjQyMzM1MjZaGA8yMTI2MTAzMTIzMzUyNlowDzEN
        MAsGA1UECgwEdGVzdDAqMAUGAytlcAMhAEqrSpiEA6s7q+5ul9GLiXauxrtza7b0
        QzsfAeUxmI8So1MwUTAdBgNVHQ4EFgQU1cJwjWDQTasSK0YvC9bCvr+vkwEwHwYD
        VR0jBBgwFoAU1cJwjWDQTasSK0YvC9bCvr+vkwEwDwYDVR0TAQH/BAUwAwEB/zAF
        BgMrZXADQQDgPzjHMmzABVDcg3IG3rzo+ReyZIseyGWMfD9DRCCQJAGEE54DFYOS
        e/O16dJbekE7sw5OpUAU6b2y/ERIGAMN
        -----END CERTIFICATE-----
        """;

    private static readonly string Key = KeyOf(TestCertificates.Server);

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly RecordingLoggerFactory _log = new();

    public void Dispose()
    {
        _folder.Dispose();
        _log.Dispose();
    }

    [Theory]
    [InlineData("pkcs8")]
    [InlineData("sec1")]
    [InlineData("sec1 with parameters")]
    public async Task Server_EcdsaKey_ServesItsCertificate(string form)
    {
        using ECDsa key = TestCertificates.Server.GetECDsaPrivateKey()!;
        string text = form switch
        {
            "pkcs8" => key.ExportPkcs8PrivateKeyPem(),
            "sec1" => key.ExportECPrivateKeyPem(),
            _ => "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + key.ExportECPrivateKeyPem(),
        };

        TlsServer server = Open(TestCertificates.Server.ExportCertificatePem(), text);

        await TlsPair.ConnectAsync(TlsSides.Client(new() { Pins = [PublicKeyPin.Of(TestCertificates.Server)] }), server);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Server_RsaKey_ServesItsCertificate(bool isPkcs8)
    {
        using RSA key = RSA.Create(2048);
        using X509Certificate2 certificate = TestCertificates.Create(TestCertificates.Authority, key: key);

        TlsServer server = Open(
            certificate.ExportCertificatePem(), isPkcs8 ? key.ExportPkcs8PrivateKeyPem() : key.ExportRSAPrivateKeyPem());

        await TlsPair.ConnectAsync(TlsSides.Client(new() { CertificateAuthorities = [TestCertificates.Authority] }), server);
    }

    [Fact]
    public async Task Server_OneFileWithTheWholeChain_SendsIt()
    {
        string text = "Comments do not count.\n" + TestCertificates.IndirectServer.ExportCertificatePem() + "\r\n"
            + KeyOf(TestCertificates.IndirectServer) + "\r\n" + TestCertificates.Intermediate.ExportCertificatePem();
        string file = _folder.Write("all.pem", text);

        TlsServer server = TlsSides.Server(new() { CertificateFile = file, KeyFile = file });

        await TlsPair.ConnectAsync(TlsSides.Client(new() { CertificateAuthorities = [TestCertificates.Authority] }), server);
    }

    [Fact]
    public void ReadCertificates_Bundle_HasAll()
    {
        string one = TestCertificates.Authority.ExportCertificatePem();
        string two = TestCertificates.OtherAuthority.ExportCertificatePem();
        string file = _folder.Write("ca.pem", $"# one\n{one}\n# two\n{two}\n");

        Assert.Equal(
            [TestCertificates.Authority.Thumbprint, TestCertificates.OtherAuthority.Thumbprint],
            PemFile.ReadCertificates(file).Select(certificate => certificate.Thumbprint));
    }

    [Theory]
    [InlineData("", "{key}", "cert.pem: there is no certificate in it; write PEM")]
    [InlineData("\u0030\u0082\u0001", "{key}", "cert.pem: there is no certificate in it")]
    [InlineData("{key}", "{key}", "cert.pem: there is no certificate in it")]
    [InlineData("{cut}", "{key}", "cert.pem: a block of its 1 is damaged or cut off")]
    [InlineData("{cert}{cut}", "{key}", "cert.pem: a block of its 2 is damaged or cut off")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "{key}", "cert.pem: certificate 1 is none")]
    [InlineData("{ed25519}", "{key}", "cert.pem: the key of the first certificate is neither RSA nor ECDSA")]
    [InlineData("{cert}", "", "key.pem: there is no private key in it; write one as a block")]
    [InlineData("{cert}", "{cert}", "key.pem: there is no private key in it")]
    [InlineData("{cert}", "{public}", "key.pem: there is no private key in it")]
    [InlineData("{cert}", "{other}", "key.pem: its key is not that of the first certificate in ")]
    [InlineData("{cert}", "{rsa}", "key.pem: its key is not that of the first certificate in ")]
    [InlineData("{cert}", "{cutkey}", "key.pem: there is no private key in it")]
    [InlineData("{cert}", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "key.pem: its key is not that of")]
    [InlineData("{cert}", "{encrypted}", "key.pem: the key is protected by a password")]
    [InlineData("{cert}", "{oldencrypted}", "key.pem: the key is protected by a password")]
    [InlineData("{cert}", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----", "the key is in OpenSSH's")]
    public void Server_BadFiles_ThrowsAndNamesFileAndFault(string certificate, string key, string expected)
    {
        ArgumentException problem = Assert.Throws<ArgumentException>(() => Open(Fill(certificate), Fill(key)));

        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Assert.StartsWith(_folder[""], problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Key.Split('\n')[1], problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Server_FilesThatCannotBeRead_Throws()
    {
        string file = _folder.Write("cert.pem", TestCertificates.Server.ExportCertificatePem());
        string large = _folder.Write("large.pem", new string('x', 1024 * 1024 + 1));

        Assert.Contains("nothing.pem: there is no such file; write", Fail(_folder["nothing.pem"], file), StringComparison.Ordinal);
        Assert.Contains("nothing.pem: there is no such file; write", Fail(file, _folder["nothing.pem"]), StringComparison.Ordinal);
        Assert.Contains("it cannot be read", Fail(_folder[""], file), StringComparison.Ordinal);
        Assert.Contains("large.pem: it is too large", Fail(large, file), StringComparison.Ordinal);
    }

    [Fact]
    public void Server_OptionsThatContradict_Throws()
    {
        string file = _folder.Write("all.pem", TestCertificates.Server.ExportCertificatePem() + "\n" + Key);

        Assert.Contains("CertificateFile '", Fail(new() { CertificateFile = file }), StringComparison.Ordinal);
        Assert.Contains("all.pem' stands alone; write CertificateFile and KeyFile", Fail(new() { KeyFile = file }), StringComparison.Ordinal);
        Assert.Contains("without Certificate", Fail(new() { Intermediates = [TestCertificates.Intermediate] }), StringComparison.Ordinal);
        TlsServerOptions full = new()
        {
            Certificate = TestCertificates.Server, CertificateFile = file, KeyFile = file, SelfSignedFile = _folder["self.pem"],
        };
        foreach (TlsServerOptions two in (TlsServerOptions[])
            [full with { Certificate = null }, full with { SelfSignedFile = null }, full with { CertificateFile = null, KeyFile = null }])
        {
            Assert.Contains("a server has one certificate; write one of", Fail(two), StringComparison.Ordinal);
        }

        using X509Certificate2 withoutKey = X509CertificateLoader.LoadCertificate(TestCertificates.Server.RawData);
        Assert.Contains("has no private key", Fail(new() { Certificate = withoutKey }), StringComparison.Ordinal);
        Assert.Equal(["all.pem"], _folder.Names);
    }

    [Fact]
    public void ReadIdentity_BentFiles_IsAnIdentityOrAnArgumentException()
    {
        using RSA rsa = RSA.Create(1024);
        using X509Certificate2 rsaCertificate = TestCertificates.Create(TestCertificates.Authority, key: rsa);
        byte[][] files =
        [
            Encoding.ASCII.GetBytes(TestCertificates.Server.ExportCertificatePem() + "\n" + Key),
            Encoding.ASCII.GetBytes(Key + "\n" + TestCertificates.Server.ExportCertificatePem()),
            Encoding.ASCII.GetBytes(rsaCertificate.ExportCertificatePem() + "\n" + rsa.ExportRSAPrivateKeyPem()),
        ];
        Random random = new(1);
        byte[] space = new byte[8192];
        string file = _folder["bent.pem"];
        int read = 0;
        int cases = Fuzz.Cases(2000);
        for (int i = 0; i < cases; i++)
        {
            File.WriteAllBytes(file, Fuzz.Bend(random, files, space));
            try
            {
                using X509Certificate2 certificate = PemFile.ReadIdentity(file, file).Certificate;
                read++;
            }
            catch (ArgumentException e)
            {
                Assert.StartsWith(file, e.Message, StringComparison.Ordinal);
            }
        }

        Assert.InRange(read, 1, cases - 1);
    }

    [Fact]
    public async Task Files_Change_NewConnectionsGetTheNewCertificate()
    {
        TlsServer server = Open(TestCertificates.Server.ExportCertificatePem(), Key);
        TlsPair old = await TlsPair.ConnectAsync(TlsSides.Client(Pinned(TestCertificates.Server)), server);

        _folder.Write("cert.pem", TestCertificates.Client.ExportCertificatePem());
        _folder.Write("key.pem", KeyOf(TestCertificates.Client));
        _time.Advance(TimeSpan.FromSeconds(0.9));
        await TlsPair.ConnectAsync(TlsSides.Client(Pinned(TestCertificates.Server)), server); // it is too soon to look
        _time.Advance(TimeSpan.FromSeconds(0.1));
        await TlsPair.ConnectAsync(TlsSides.Client(Pinned(TestCertificates.Client)), server);

        await old.Client.SendAndEndAsync([1, 2, 3]).OrFail();
        Assert.Equal([1, 2, 3], await old.Server.ReadToEndAsync().OrFail());
        LogEntry entry = Assert.Single(_log.Entries);
        Assert.Equal((LogEventIds.CertificateReloaded, LogLevel.Information), (entry.Id.Id, entry.Level));
        Assert.Contains(PublicKeyPin.Of(TestCertificates.Client), entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_ChangeOneAfterTheOther_KeepsTheOldUntilBothFit()
    {
        TlsServer server = Open(TestCertificates.Server.ExportCertificatePem(), Key);

        _folder.Write("cert.pem", TestCertificates.Client.ExportCertificatePem());
        for (int i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(TestCertificates.Server, server.Certificate);
        }

        LogEntry entry = Assert.Single(_log.Entries); // once for each change
        Assert.Equal((LogEventIds.CertificateNotReloaded, LogLevel.Warning), (entry.Id.Id, entry.Level));
        Assert.Contains("its key is not that of the first certificate", entry.Message, StringComparison.Ordinal);

        _folder.Write("key.pem", KeyOf(TestCertificates.Client));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TestCertificates.Client, server.Certificate);
    }

    [Fact]
    public void Files_BrokenTwice_WarnsTwice()
    {
        TlsServer server = Open(TestCertificates.Server.ExportCertificatePem(), Key);
        foreach (string broken in (string[])["", TestCertificates.Client.ExportCertificatePem()[..300]])
        {
            _folder.Write("cert.pem", broken);
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(TestCertificates.Server, server.Certificate);
        }

        Assert.Equal(2, _log.WithId(LogEventIds.CertificateNotReloaded).Count);
    }

    [Fact]
    public void Files_GoneForAWhile_AreLookedForAgain()
    {
        TlsServer server = Open(TestCertificates.Server.ExportCertificatePem(), Key);
        File.Delete(_folder["key.pem"]);
        for (int i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(TestCertificates.Server, server.Certificate);
        }

        _folder.Write("cert.pem", TestCertificates.Client.ExportCertificatePem());
        _folder.Write("key.pem", KeyOf(TestCertificates.Client));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TestCertificates.Client, server.Certificate);
        Assert.Single(_log.WithId(LogEventIds.CertificateNotReloaded));
    }

    [Fact]
    public void Files_LinksToAFolderThatIsSwapped_AreSeenToChange()
    {
        // So orchestrators hand out certificates: the links of the files stay, and one in their way is replaced.
        foreach ((string folder, X509Certificate2 certificate) in
            ((string, X509Certificate2)[])[("one", TestCertificates.Server), ("two", TestCertificates.Client)])
        {
            Directory.CreateDirectory(_folder[folder]);
            _folder.Write(folder + "/tls.crt", certificate.ExportCertificatePem());
            _folder.Write(folder + "/tls.key", KeyOf(certificate));
        }

        Directory.CreateSymbolicLink(_folder["data"], "one");
        File.CreateSymbolicLink(_folder["cert.pem"], "data/tls.crt");
        File.CreateSymbolicLink(_folder["key.pem"], "data/tls.key");
        TlsServer server = Open();
        Assert.Equal(TestCertificates.Server, server.Certificate);

        Directory.Delete(_folder["data"]);
        Directory.CreateSymbolicLink(_folder["data"], "two");
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TestCertificates.Client, server.Certificate);
    }

    private static TlsClientOptions Pinned(X509Certificate2 certificate) => new() { Pins = [PublicKeyPin.Of(certificate)] };

    private static string KeyOf(X509Certificate2 certificate)
    {
        using ECDsa key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }

    private static string Fail(TlsServerOptions options) => Assert.Throws<ArgumentException>(() => TlsSides.Server(options)).Message;

    private static string Fail(string certificateFile, string keyFile) =>
        Fail(new() { CertificateFile = certificateFile, KeyFile = keyFile });

    private TlsServer Open(string certificate, string key)
    {
        _folder.Write("cert.pem", certificate);
        _folder.Write("key.pem", key);
        return Open();
    }

    private TlsServer Open() => TlsSides.Server(
        new() { CertificateFile = _folder["cert.pem"], KeyFile = _folder["key.pem"] }, _time, _log.CreateLogger(LogCategories.Forward));

    /// <summary>Puts PEM in place of its names.</summary>
    private static string Fill(string text)
    {
        using ECDsa key = TestCertificates.Server.GetECDsaPrivateKey()!;
        using RSA rsa = RSA.Create(2048);
        PbeParameters encryption = new(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 10);
        string certificate = TestCertificates.Server.ExportCertificatePem() + "\n";
        return text.Replace("{cert}", certificate, StringComparison.Ordinal)
            .Replace("{cut}", certificate[..^40], StringComparison.Ordinal)
            .Replace("{key}", Key, StringComparison.Ordinal)
            .Replace("{cutkey}", Key[..^40], StringComparison.Ordinal)
            .Replace("{public}", key.ExportSubjectPublicKeyInfoPem(), StringComparison.Ordinal)
            .Replace("{other}", KeyOf(TestCertificates.Client), StringComparison.Ordinal)
            .Replace("{rsa}", rsa.ExportPkcs8PrivateKeyPem(), StringComparison.Ordinal)
            .Replace("{encrypted}", key.ExportEncryptedPkcs8PrivateKeyPem("secret", encryption), StringComparison.Ordinal)
            .Replace("{oldencrypted}", """
                -----BEGIN EC PRIVATE KEY-----
                Proc-Type: 4,ENCRYPTED
                DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF

                AAAA
                -----END EC PRIVATE KEY-----
                """, StringComparison.Ordinal)
            .Replace("{ed25519}", Ed25519, StringComparison.Ordinal);
    }
}
