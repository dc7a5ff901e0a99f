using System.Net;
using System.Net.Sockets;
using GostNet.Interop.Tests.Peers;
using GostNet.Interop.Tests.Targets;
using GostNet.Tests.Shared;
using GostNet.Tests.Transports.Tls;

namespace GostNet.Interop.Tests.Transports;

/// <summary>TLS with stunnel at the other end: 1 MiB there, the end of that direction, and 32 MiB back.</summary>
public sealed class TlsStunnelTests
{
    private static readonly TlsClientOptions Verified = new()
    {
        CertificateAuthorities = [TestCertificates.Authority], ClientCertificate = TestCertificates.Client,
    };

    [PeerTheory(Stunnel.Program)]
    [InlineData("TLSv1.2", false)]
    [InlineData("TLSv1.2", true)]
    [InlineData("TLSv1.3", false)]
    [InlineData("TLSv1.3", true)]
    public async Task Client_OfStunnel_EndsOneDirectionAndGetsTheAnswer(string version, bool demandsCertificate)
    {
        await using AnswerTarget target = new(holdsEnd: true);
        await using PeerProcess stunnel = await Stunnel.ServeAsync(target.Port, files =>
            $"sslVersion = {version}\n" + (demandsCertificate ? $"verifyChain = yes\nCAfile = {files.Authority}" : ""));

        await using IConnection client = await TlsListener.ConnectAsync(stunnel.Port, Verified);
        await client.SendAndEndAsync(AnswerTarget.Question).OrFail();

        Assert.Equal(AnswerTarget.Answer, await client.ReadAsync(AnswerTarget.Answer.Length).OrFail());
        Assert.Equal(AnswerTarget.Question, await target.Received.OrFail());
        target.End();
        Assert.Empty(await client.ReadToEndAsync().OrFail());
    }

    [PeerFact(Stunnel.Program)]
    public async Task Client_StunnelDemandsAnotherCertificate_ReadsAnError()
    {
        await using AnswerTarget target = new();
        await using PeerProcess stunnel = await Stunnel.ServeAsync(
            target.Port, files => $"verifyChain = yes\nCAfile = {files.OtherAuthority}");

        await using IConnection client = await TlsListener.ConnectAsync(stunnel.Port, Verified);

        await Assert.ThrowsAnyAsync<IOException>(() => client.Stream.ReadAsync(new byte[1]).OrFail());
    }

    [PeerTheory(Stunnel.Program)]
    [InlineData("TLSv1.2", false)]
    [InlineData("TLSv1.2", true)]
    [InlineData("TLSv1.3", false)]
    [InlineData("TLSv1.3", true)]
    public async Task Server_OfStunnel_GetsTheQuestionAndAnswers(string version, bool demandsCertificate)
    {
        TlsServerOptions options = new()
        {
            Certificate = TestCertificates.IndirectServer,
            Intermediates = [TestCertificates.Intermediate],
            ClientAuthorities = demandsCertificate ? [TestCertificates.Authority] : [],
        };
        await using TlsListener listener = await TlsListener.StartAsync(options);
        await using PeerProcess stunnel = await Stunnel.ConnectAsync(listener.Port, files =>
            $"sslVersion = {version}\nverifyChain = yes\nCAfile = {files.Authority}\ncheckHost = db.example\nsni = db.example\n"
            + (demandsCertificate ? $"cert = {files.Client}" : ""));

        for (int i = 0; i < 2; i++) // stunnel resumes its session the second time
        {
            using Socket client = await TcpTraffic.ConnectAsync(new IPEndPoint(IPAddress.Loopback, stunnel.Port));
            Task<byte[]> asking = AnswerTarget.AskAsync(client);
            await using IConnection server = await listener.AcceptAsync();
            Assert.Equal(AnswerTarget.Question, await server.ReadToEndAsync().OrFail());
            await server.SendAndEndAsync(AnswerTarget.Answer).OrFail();

            Assert.Equal(AnswerTarget.Answer, await asking.OrFail());
        }
    }
}
