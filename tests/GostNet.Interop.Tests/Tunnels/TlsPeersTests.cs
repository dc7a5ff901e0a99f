using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using GostNet.Diagnostics;
using GostNet.Interop.Tests.Peers;
using GostNet.Interop.Tests.Targets;
using GostNet.Tests.Shared;
using GostNet.Tests.Transports.Tls;

namespace GostNet.Interop.Tests.Tunnels;

/// <summary>TLS tunnels in GOST's words with openssl or stunnel at the other end: who is let in, and who is talked to.</summary>
public sealed class TlsPeersTests : IDisposable
{
    private const string Version13 = "-tls1_3";
    private const string Version12 = "-tls1_2";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gostnet-tls-");
    private readonly PemFiles _files;
    private readonly RecordingLoggerFactory _log = new();

    public TlsPeersTests() => _files = new(_directory.FullName);

    public void Dispose()
    {
        _log.Dispose();
        _directory.Delete(recursive: true);
    }

    [PeerTheory(OpenSsl.Program)]
    [InlineData(Version12)]
    [InlineData(Version13)]
    public async Task Server_OfOpenssl_PassesItsLineOnAndTheAnswerBack(string version)
    {
        await using TcpTarget target = Reversing();
        await using Forwarder far = await ServeAsync(target, $"cert={_files.Server}&key={_files.Server}");

        (int exitCode, string output) = await OpenSsl.SendAsync(
            far.Port(), "hello", version, "-CAfile", _files.Authority, "-verify_return_error", "-verify_hostname", "db.example");

        Assert.True(exitCode == 0, output);
        Assert.Contains("olleh", output, StringComparison.Ordinal);
    }

    [PeerTheory(OpenSsl.Program)]
    [InlineData(Version12)]
    [InlineData(Version13)]
    public async Task Server_AsksForCertificates_OnlyLetsThoseInThatHaveOne(string version)
    {
        await using TcpTarget target = Reversing();
        await using Forwarder far = await ServeAsync(target, $"ca={_files.Authority}");

        (int exitCode, string output) = await OpenSsl.SendAsync(far.Port(), "hello", version, "-cert", _files.Client, "-key", _files.Client);
        Assert.True(exitCode == 0, output);
        Assert.Contains("olleh", output, StringComparison.Ordinal);

        (_, output) = await OpenSsl.SendAsync(far.Port(), "hello", version);
        Assert.DoesNotContain("olleh", output, StringComparison.Ordinal);
        await _log.WaitForAsync(LogEventIds.HandshakeFailed).OrFail();
    }

    [PeerTheory(OpenSsl.Program)]
    [InlineData("")]
    [InlineData("secure=false")]
    [InlineData("ca={ca}")]
    [InlineData("secure=true&ca={ca}&sni=db.example")]
    [InlineData("secure=true&ca={ca}&sni=10.0.0.5")]
    [InlineData("pin={pin}")]
    [InlineData("pin={otherPin},{pin}")]
    [InlineData("secure=true&pin={pin}")]
    public async Task Client_OfOpenssl_TalksToTheServerItExpects(string parameters)
    {
        await using PeerProcess server = await OpenSsl.ServeAsync(_ => []);
        await using Forwarder near = await ConnectAsync(server, parameters);
        using Socket client = await near.ConnectAsync();

        Assert.Equal("olleh\n", await AskAsync(client));
    }

    [PeerTheory(OpenSsl.Program)]
    [InlineData("secure=true&sni=db.example")] // an authority of its own
    [InlineData("secure=true&ca={otherCa}&sni=db.example")]
    [InlineData("secure=true&ca={ca}")] // the address is not the certificate's
    [InlineData("secure=true&ca={ca}&sni=evil.example")]
    [InlineData("ca={otherCa}")]
    [InlineData("pin={otherPin}")]
    [InlineData("secure=false&pin={otherPin}")]
    [InlineData("secure=true&ca={ca}&sni=db.example&pin={otherPin}")]
    public async Task Client_OfOpenssl_DoesNotTalkToAnother(string parameters)
    {
        await using PeerProcess server = await OpenSsl.ServeAsync(_ => []);
        await using Forwarder near = await ConnectAsync(server, parameters);
        await near.AssertTurnedAwayAsync();

        LogEntry entry = await _log.WaitForAsync(LogEventIds.DialGivenUp).OrFail();

        Assert.Contains("certificate", entry.Message, StringComparison.Ordinal);
        Assert.Contains(PinOf(TestCertificates.IndirectServer), entry.Message, StringComparison.Ordinal);
    }

    [PeerTheory(OpenSsl.Program)]
    [InlineData(Version12)]
    [InlineData(Version13)]
    public async Task Client_OfOpensslThatDemandsACertificate_ShowsIt(string version)
    {
        await using PeerProcess server = await OpenSsl.ServeAsync(
            files => [version, "-Verify", "2", "-CAfile", files.Authority, "-verify_return_error"]);
        await using Forwarder near = await ConnectAsync(server, $"ca={{ca}}&cert={_files.Client}&key={_files.Client}");
        await using Forwarder without = await ConnectAsync(server, "ca={ca}");
        using (Socket client = await near.ConnectAsync())
        {
            Assert.Equal("olleh\n", await AskAsync(client));
        }

        using Socket refused = await without.ConnectAsync(); // it serves one at a time
        Assert.Equal("", await AskAsync(refused));
        await _log.WaitForAsync(LogEventIds.ConnectionClosed, 2).OrFail();
    }

    [PeerTheory(Stunnel.Program)]
    [InlineData("TLSv1.2", false)]
    [InlineData("TLSv1.3", false)]
    [InlineData("TLSv1.3", true)]
    public async Task Client_OfStunnel_CarriesHalfClose(string version, bool demandsCertificate)
    {
        await using AnswerTarget target = new(holdsEnd: true);
        await using PeerProcess stunnel = await Stunnel.ServeAsync(target.Port, files =>
            $"sslVersion = {version}\n" + (demandsCertificate ? $"verifyChain = yes\nCAfile = {_files.Authority}" : ""));
        await using Forwarder near = await ConnectAsync(
            stunnel, "secure=true&ca={ca}&sni=db.example" + (demandsCertificate ? $"&cert={_files.Client}&key={_files.Client}" : ""));
        using Socket client = await near.ConnectAsync();
        await using NetworkStream stream = new(client);

        await stream.WriteAsync(AnswerTarget.Question).AsTask().OrFail();
        client.Shutdown(SocketShutdown.Send);
        byte[] answer = new byte[AnswerTarget.Answer.Length];
        await stream.ReadExactlyAsync(answer).AsTask().OrFail();
        Assert.Equal(AnswerTarget.Answer, answer);
        Assert.Equal(AnswerTarget.Question, await target.Received.OrFail());
        target.End();
        Assert.Equal(0, await stream.ReadAsync(answer).AsTask().OrFail());
    }

    [PeerTheory(Stunnel.Program)]
    [InlineData("TLSv1.2", false)]
    [InlineData("TLSv1.3", false)]
    [InlineData("TLSv1.3", true)]
    public async Task Server_OfStunnel_CarriesHalfClose(string version, bool demandsCertificate)
    {
        await using AnswerTarget target = new();
        await using Forwarder far = await ServeAsync(
            target.Port, $"cert={_files.Server}&key={_files.Server}" + (demandsCertificate ? $"&ca={_files.Authority}" : ""));
        await using PeerProcess stunnel = await Stunnel.ConnectAsync(far.Port(), files =>
            $"sslVersion = {version}\nverifyChain = yes\nCAfile = {files.Authority}\ncheckHost = db.example\n"
            + (demandsCertificate ? $"cert = {files.Client}" : ""));
        using Socket client = await TcpTraffic.ConnectAsync(new IPEndPoint(IPAddress.Loopback, stunnel.Port));

        Assert.Equal(AnswerTarget.Answer, await AnswerTarget.AskAsync(client).OrFail());
        Assert.Equal(AnswerTarget.Question, await target.Received.OrFail());
    }

    /// <remarks>The files of both are the test's; a client without a certificate is no client.</remarks>
    [Theory]
    [InlineData("tls")]
    [InlineData("mtls")]
    [InlineData("wss")]
    [InlineData("mwss")]
    public async Task BothEnds_ShowCertificates_AndAreVerified(string transport)
    {
        await using TcpTarget target = TcpTarget.Echo();
        await using Forwarder far = await LocalForward.Of(
            $"{transport}://{LocalForward.AnyPort}/{LocalForward.At(target.Port)}?ca={_files.Authority}&cert={_files.Server}&key={_files.Server}")
            .StartAsync();
        string node = $"forward+{transport}://{far.Address()}?secure=true&sni=db.example&ca={_files.Authority}";
        await using Forwarder near = await LocalForward.Of(
            $"tcp://{LocalForward.AnyPort}", $"{node}&cert={_files.Client}&key={_files.Client}").StartAsync();
        await using Forwarder without = await LocalForward.Of($"tcp://{LocalForward.AnyPort}", node).StartAsync();

        await TcpTraffic.AssertEchoedAsync(near.Forwards[0].LocalEndPoint!, seed: 1).OrFail();
        using Socket refused = await without.ConnectAsync();
        Assert.Equal("", await AskAsync(refused));
    }

    [PeerFact(OpenSsl.Program)]
    public async Task Server_ThatMadeItsCertificate_HasTheSamePinAfterARestart()
    {
        string file = Path.Combine(_directory.FullName, "self.pem");
        int port = FreePort.Next();
        await using TcpTarget target = Reversing();
        string[] serve = ["-L", $"tls://127.0.0.1:{port}/{LocalForward.At(target.Port)}?selfsigned={file}"];
        string pin;
        await using (Gost first = Gost.Start(serve))
        {
            await first.ListensAsync();
            pin = await first.PinAsync();
        }

        await using Gost second = Gost.Start(serve);
        await second.ListensAsync();
        await using Forwarder near = await LocalForward.Of(
            $"tcp://{LocalForward.AnyPort}", $"forward+tls://127.0.0.1:{port}?pin={pin}").StartAsync();
        using Socket client = await near.ConnectAsync();

        Assert.Equal("olleh\n", await AskAsync(client));
        Assert.Equal(pin, await second.PinAsync());
        (int exitCode, string output) = await OpenSsl.SendAsync(port, "hello", "-CAfile", file, "-verify_return_error");
        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public async Task Server_ThatMakesACertificateForEachStart_IsKnownByThePinInItsLog()
    {
        int port = FreePort.Next();
        await using TcpTarget target = Reversing();
        string[] serve = ["-L", $"tls://127.0.0.1:{port}/{LocalForward.At(target.Port)}"];
        string pin;
        Forwarder near;
        await using (Gost first = Gost.Start(serve))
        {
            await first.ListensAsync();
            pin = await first.PinAsync();
            near = await LocalForward.Of($"tcp://{LocalForward.AnyPort}", $"forward+tls://127.0.0.1:{port}?pin={pin}").StartAsync();
            using Socket client = await near.ConnectAsync();
            Assert.Equal("olleh\n", await AskAsync(client));
        }

        await using Gost second = Gost.Start(serve);
        await using (near)
        {
            await second.ListensAsync();
            Assert.NotEqual(pin, await second.PinAsync());
            await near.AssertTurnedAwayAsync();
        }
    }

    /// <summary>Sends the first line back reversed, and ends.</summary>
    private static TcpTarget Reversing() => new(async stream =>
    {
        byte[] line = new byte[6];
        await stream.ReadExactlyAsync(line);
        line.AsSpan(0, 5).Reverse();
        await stream.WriteAsync(line);
    });

    private static async Task<string> AskAsync(Socket client)
    {
        try
        {
            await client.SendAsync("hello\n"u8.ToArray());
            byte[] answer = new byte[6];
            int count = 0;
            while (count < answer.Length && await client.ReceiveAsync(answer.AsMemory(count)).OrFail() is var size and > 0)
            {
                count += size;
            }

            return Encoding.ASCII.GetString(answer, 0, count);
        }
        catch (SocketException)
        {
            return ""; // reset
        }
    }

    private static string PinOf(X509Certificate2 certificate) =>
        "sha256:" + Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));

    private Task<Forwarder> ServeAsync(TcpTarget target, string parameters) => ServeAsync(target.Port, parameters);

    private Task<Forwarder> ServeAsync(int target, string parameters) => LocalForward
        .Of($"tls://{LocalForward.AnyPort}/{LocalForward.At(target)}?{parameters}").UseLoggerFactory(_log).StartAsync();

    private Task<Forwarder> ConnectAsync(PeerProcess server, string parameters) => LocalForward.Of(
        $"tcp://{LocalForward.AnyPort}",
        $"forward+tls://{server.Address}?" + parameters
            .Replace("{ca}", _files.Authority, StringComparison.Ordinal)
            .Replace("{otherCa}", _files.OtherAuthority, StringComparison.Ordinal)
            .Replace("{pin}", PinOf(TestCertificates.IndirectServer), StringComparison.Ordinal)
            .Replace("{otherPin}", PinOf(TestCertificates.Client), StringComparison.Ordinal))
        .UseLoggerFactory(_log).StartAsync();
}
