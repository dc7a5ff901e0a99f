using System.Security.Authentication;
using System.Text;
using GostNet.Interop.Tests.Peers;
using GostNet.Tests.Shared;
using GostNet.Tests.Transports.Tls;

namespace GostNet.Interop.Tests.Transports;

/// <summary>TLS with openssl at the other end.</summary>
public sealed class TlsOpenSslTests : IDisposable
{
    private static readonly TlsClientOptions Verified = new() { CertificateAuthorities = [TestCertificates.Authority] };

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gostnet-");
    private readonly PemFiles _files;

    public TlsOpenSslTests() => _files = new(_directory.FullName);

    public void Dispose() => _directory.Delete(recursive: true);

    [PeerTheory(OpenSsl.Program)]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Client_OfAServer_IsAnswered(string version)
    {
        await using PeerProcess server = await OpenSsl.ServeAsync(_ => [version]);

        Assert.Equal("olleh\n", await SendAsync(server.Port, Verified));
        Assert.Equal("olleh\n", await SendAsync(server.Port, Verified)); // resumed
    }

    [PeerTheory(OpenSsl.Program)]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Client_OfAServerThatDemandsACertificate_ShowsIt(string version)
    {
        await using PeerProcess server = await OpenSsl.ServeAsync(
            files => [version, "-Verify", "2", "-CAfile", files.Authority, "-verify_return_error"]);

        Assert.Equal("olleh\n", await SendAsync(server.Port, Verified with { ClientCertificate = TestCertificates.Client }));
        await Assert.ThrowsAnyAsync<IOException>(() => SendAsync(server.Port, Verified)); // TLS 1.3 lets it come to reading
    }

    [PeerFact(OpenSsl.Program)]
    public async Task Client_ServerIsAnother_Rejects()
    {
        await using PeerProcess server = await OpenSsl.ServeAsync(_ => []);

        TlsClientOptions stranger = Verified with { CertificateAuthorities = [TestCertificates.OtherAuthority] };
        foreach (TlsClientOptions options in (TlsClientOptions[])[new(), Verified with { ServerName = "evil.example" }, stranger])
        {
            ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => TlsListener.ConnectAsync(server.Port, options));
            Assert.Equal(ForwardError.CertificateRejected, failure.Error);
        }
    }

    [PeerTheory(OpenSsl.Program)]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Server_OfAClient_IsVerifiedAndAnswers(string version)
    {
        await using TlsListener listener = await TlsListener.StartAsync();

        Assert.Equal((0, "hello\n", "world"), await ServeAsync(
            listener, version, "-CAfile", _files.Authority, "-verify_return_error", "-verify_hostname", "db.example"));
    }

    [PeerTheory(OpenSsl.Program)]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Server_DemandsACertificate_OnlyLetsThoseInThatHaveOne(string version)
    {
        await using TlsListener listener = await TlsListener.StartAsync(new() { ClientAuthorities = [TestCertificates.Authority] });

        Assert.Equal((0, "hello\n", "world"), await ServeAsync(listener, version, "-cert", _files.Client, "-key", _files.Client));
        foreach (string[] options in (string[][])[[version], [version, "-cert", _files.Server, "-key", _files.Server]])
        {
            ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => ServeAsync(listener, options));
            Assert.Equal(ForwardError.CertificateRejected, failure.Error);
        }
    }

    [PeerFact(OpenSsl.Program)]
    public async Task Server_WithAKeptCertificate_IsVerifiedByItsFile()
    {
        string file = Path.Combine(_directory.FullName, "self.pem");
        await using TlsListener listener = await TlsListener.StartAsync(new() { SelfSignedFile = file });

        Assert.Equal((0, "hello\n", "world"), await ServeAsync(
            listener, "-CAfile", file, "-verify_return_error", "-verify_hostname", "db.example"));
        await Assert.ThrowsAsync<ForwardException>(
            () => ServeAsync(listener, "-CAfile", _files.Authority, "-verify_return_error"));
    }

    [PeerFact(OpenSsl.Program)]
    public async Task Server_WithFilesFromOpenssl_Serves()
    {
        string key = Path.Combine(_directory.FullName, "rsa.key");
        string certificate = Path.Combine(_directory.FullName, "rsa.pem");
        await ProgramRun.ToEndAsync(
            OpenSsl.Program, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x", "-keyout", key, "-out", certificate);
        await ProgramRun.ToEndAsync(OpenSsl.Program, "rsa", "-traditional", "-in", key, "-out", key + "1");
        await ProgramRun.ToEndAsync(OpenSsl.Program, "rsa", "-aes128", "-passout", "pass:secret", "-in", key, "-out", key + "2");
        await ProgramRun.ToEndAsync(
            OpenSsl.Program, "rsa", "-traditional", "-aes128", "-passout", "pass:secret", "-in", key, "-out", key + "3");
        foreach (string form in (string[])["", "1"])
        {
            await using TlsListener listener = await TlsListener.StartAsync(new() { CertificateFile = certificate, KeyFile = key + form });
            Assert.Equal((0, "hello\n", "world"), await ServeAsync(listener, "-CAfile", certificate, "-verify_return_error"));
        }

        foreach (string encrypted in (string[])["2", "3"])
        {
            Assert.Contains("protected by a password", (await Assert.ThrowsAsync<ArgumentException>(
                () => TlsListener.StartAsync(new() { CertificateFile = certificate, KeyFile = key + encrypted }))).Message,
                StringComparison.Ordinal);
        }
    }

    [PeerTheory(OpenSsl.Program)]
    [InlineData("-tls1")]
    [InlineData("-tls1_1")]
    public async Task Server_OldClient_IsRefused(string version)
    {
        await using TlsListener listener = await TlsListener.StartAsync();

        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(
            () => ServeAsync(listener, version, "-cipher", "DEFAULT:@SECLEVEL=0"));

        Assert.IsType<AuthenticationException>(failure.InnerException);
        Assert.Equal(ForwardError.TlsFailed, failure.Error);
    }

    /// <summary>Sends a line through our client, and reads one.</summary>
    private static async Task<string> SendAsync(int port, TlsClientOptions options)
    {
        await using IConnection client = await TlsListener.ConnectAsync(port, options);
        await client.Stream.WriteAsync("hello\n"u8.ToArray()).OrFail();
        return Encoding.ASCII.GetString(await client.ReadAsync(6).OrFail());
    }

    /// <summary>Serves one client of openssl: reads its line, answers, and ends.</summary>
    /// <returns>The client's exit code, what was read, and the last line that it printed.</returns>
    private static async Task<(int ExitCode, string Read, string Printed)> ServeAsync(TlsListener listener, params string[] options)
    {
        Task<(int ExitCode, string Output)> run = OpenSsl.SendAsync(listener.Port, "hello", options);
        string read;
        await using (IConnection connection = await listener.AcceptAsync())
        {
            read = Encoding.ASCII.GetString(await connection.ReadAsync(6).OrFail());
            await connection.Stream.WriteAsync("world\n"u8.ToArray()).OrFail();
            await connection.CompleteWritesAsync().OrFail();
            await connection.ReadToEndAsync().OrFail();
        }

        (int exitCode, string output) = await run.OrFail();
        return (exitCode, read, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Single(line => line == "world"));
    }
}
