using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Transports.Tls;

namespace GostNet.Tests.Transports.Tls;

/// <summary>How a server checks its clients (transports, section 10).</summary>
public class TlsClientCertificateTests
{
    private static readonly TlsServerOptions Demanding = new() { ClientAuthorities = [TestCertificates.Authority] };

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task ClientAuthorities_CertificateOfTheirs_IsLetIn(SslProtocols version) =>
        await ServeAsync(Demanding, TestCertificates.Client, version);

    [Fact]
    public async Task ClientAuthorities_OurClient_IsLetInAgainAndAgain()
    {
        TlsServer server = TlsSides.Server(Demanding);
        TlsClient client = TlsSides.Client(new() { Verify = false, ClientCertificate = TestCertificates.Client });
        for (int i = 0; i < 3; i++) // sessions are resumed, and certificates count all the same
        {
            TlsPair pair = await TlsPair.ConnectAsync(client, server);
            await pair.Server.Stream.WriteAsync(new byte[] { 1 }).OrFail();
            Assert.Equal([1], await pair.Client.ReadAsync(1).OrFail());
            await pair.Client.DisposeAsync();
            await pair.Server.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task ClientAuthorities_NoCertificate_Rejects(SslProtocols version) =>
        await RejectAsync(Demanding, null, "there is none", version);

    [Fact]
    public async Task ClientAuthorities_AnotherAuthorityOfTheSameName_Rejects() => await RejectAsync(
        Demanding with { ClientAuthorities = [TestCertificates.OtherAuthority] }, TestCertificates.Client, "signature");

    [Fact]
    public async Task ClientAuthorities_ForServersOnly_Rejects() =>
        await RejectAsync(Demanding, TestCertificates.Create(TestCertificates.Authority, TestCertificates.ServerUse), "policy");

    [Fact]
    public async Task ClientAuthorities_Expired_Rejects() => await RejectAsync(Demanding, TestCertificates.Expired, "expired");

    [Fact]
    public async Task ClientAuthorities_IntermediateIsSent_IsLetIn()
    {
        TlsClientOptions options = new()
        {
            Verify = false,
            ClientCertificate = TestCertificates.Create(TestCertificates.Intermediate, TestCertificates.ClientUse),
            ClientIntermediates = [TestCertificates.Intermediate],
        };

        await TlsPair.ConnectAsync(TlsSides.Client(options), TlsSides.Server(Demanding));
    }

    [Fact]
    public async Task Callback_WithoutAuthorities_IsAskedAboutEverybody()
    {
        List<bool> told = [];
        TlsServerOptions options = new()
        {
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                told.Add(certificate is not null);
                return told.Count > 0;
            },
        };

        await ServeAsync(options, null, SslProtocols.None);
        await ServeAsync(options, TestCertificates.Client, SslProtocols.None);

        Assert.Equal([false, true], told);
    }

    [Fact]
    public async Task Callback_SaysNo_Rejects() => await RejectAsync(
        Demanding with { RemoteCertificateValidationCallback = (_, _, _, _) => false }, TestCertificates.Client, "callback");

    [Fact]
    public async Task Callback_ChecksFailed_IsNotAsked()
    {
        int asked = 0;

        await RejectAsync(Demanding with { RemoteCertificateValidationCallback = (_, _, _, _) => ++asked > 0 }, null, "there is none");

        Assert.Equal(0, asked);
    }

    [Fact]
    public async Task Client_IsRejectedAfterTheHandshake_ReadsAnError()
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        Task<IConnection> accept = TlsSides.Server(Demanding).StartAsync(far, default).AsTask();
        IConnection client = await TlsSides.Client().StartAsync(near, default).OrFail(); // as TLS 1.3 has it

        ForwardException rejection = await Assert.ThrowsAsync<ForwardException>(() => accept.OrFail());
        far.Abort();

        Assert.Equal(ForwardError.CertificateRejected, rejection.Error);
        await Assert.ThrowsAnyAsync<IOException>(() => client.Stream.ReadAsync(new byte[1]).OrFail());
    }

    [Fact]
    public void ClientCertificate_WithoutKey_Throws()
    {
        using X509Certificate2 withoutKey = X509CertificateLoader.LoadCertificate(TestCertificates.Client.RawData);

        Assert.Contains("has no private key", Assert.Throws<ArgumentException>(
            () => TlsSides.Client(new() { ClientCertificate = withoutKey })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => TlsSides.Client(new() { ClientIntermediates = [TestCertificates.Intermediate] }));
    }

    private static async Task ServeAsync(TlsServerOptions options, X509Certificate2? certificate, SslProtocols version)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        Task<IConnection> accept = TlsSides.Server(options).StartAsync(far, default).AsTask();
        await using SslStream client = new(near.Stream);

        // A server that rejects the certificate may do so before or, with TLS 1.3, after the client is done.
        Task connect = client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "db.example",
            EnabledSslProtocols = version,
            AllowTlsResume = false,
            ClientCertificates = certificate is null ? null : [certificate],
            LocalCertificateSelectionCallback = certificate is null ? null : (_, _, _, _, _) => certificate,
            RemoteCertificateValidationCallback = (_, server, _, _) => server is not null,
        });
        try
        {
            await accept.OrFail();
            await connect.OrFail();
        }
        finally
        {
            near.Abort();
            await connect.ContinueWith(t => t.Exception, TaskScheduler.Default).OrFail();
        }
    }

    private static async Task RejectAsync(
        TlsServerOptions options, X509Certificate2? certificate, string reason, SslProtocols version = SslProtocols.None)
    {
        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => ServeAsync(options, certificate, version));

        Assert.Equal(ForwardError.CertificateRejected, failure.Error);
        Assert.Contains("of the TLS client is not accepted", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.Message.Contains(reason, StringComparison.OrdinalIgnoreCase), failure.Message);
    }
}
