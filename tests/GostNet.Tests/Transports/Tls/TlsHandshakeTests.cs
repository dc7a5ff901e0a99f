using System.Buffers.Binary;
using System.Net.Security;
using GostNet.Testing;
using GostNet.Tests.Protocols;
using GostNet.Tests.Relaying;
using GostNet.Tests.Shared;
using GostNet.Transports.Tls;

namespace GostNet.Tests.Transports.Tls;

/// <summary>What is agreed on, and peers that agree on nothing (transports, sections 3 and 11).</summary>
public class TlsHandshakeTests
{
    [Theory]
    [InlineData("h2", "h2")]
    [InlineData("", "")] // GOST's h2 server chooses none
    public async Task Client_OffersH2_TakesWhatTheServerChooses(string chosen, string expected)
    {
        SslApplicationProtocol[] chosenProtocols = chosen.Length == 0 ? [] : [new(chosen)];
        TlsPair pair = await TlsPair.ConnectAsync(
            TlsSides.Client(protocols: [SslApplicationProtocol.Http2]), TlsSides.Server(protocols: chosenProtocols));

        Assert.Equal(expected, ((SslStream)pair.Client.Stream).NegotiatedApplicationProtocol.ToString());
    }

    [Fact]
    public async Task Server_ForH2_TakesClientsThatOfferNothing()
    {
        TlsPair pair = await TlsPair.ConnectAsync(TlsSides.Client(), TlsSides.Server(protocols: [SslApplicationProtocol.Http2]));

        Assert.Equal("", ((SslStream)pair.Client.Stream).NegotiatedApplicationProtocol.ToString());
    }

    [Theory]
    [InlineData("db.example", null, "db.example")]
    [InlineData("db.example", "other.example", "other.example")]
    [InlineData("", null, "localhost")]
    [InlineData("127.0.0.1", null, "")]
    [InlineData("::1", null, "")]
    public async Task Client_Name_IsToldUnlessItIsAnAddress(string host, string? serverName, string expected)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        Task<IConnection> connect =
            TlsSides.Client(new() { Verify = false, ServerName = serverName }, host).StartAsync(near, default).AsTask();
        await using SslStream server = new(far.Stream);
        string? told = null;

        await server.AuthenticateAsServerAsync((_, hello, _, _) =>
        {
            told = hello.ServerName;
            return new(new SslServerAuthenticationOptions { ServerCertificate = TestCertificates.Server });
        }, null).OrFail();

        await connect.OrFail();
        Assert.Equal(expected, told);
    }

    [Fact]
    public async Task Client_OnceMore_ChecksTheCertificateAgain()
    {
        TlsServer server = TlsSides.Server(new() { Certificate = TestCertificates.Server });
        int asked = 0;
        bool accepts = true;
        TlsClient client = TlsSides.Client(new()
        {
            CertificateAuthorities = [TestCertificates.Authority],
            RemoteCertificateValidationCallback = (_, _, _, _) => ++asked > 0 && accepts,
        });
        for (int i = 1; i <= 3; i++)
        {
            TlsPair pair = await TlsPair.ConnectAsync(client, server);
            await pair.Server.Stream.WriteAsync(new byte[] { 1 }).OrFail();
            await pair.Client.ReadAsync(1).OrFail(); // the tickets came before
            Assert.Equal(i, asked);
            await pair.Client.DisposeAsync();
            await pair.Server.DisposeAsync();
        }

        accepts = false;
        Assert.Equal(
            ForwardError.CertificateRejected,
            (await Assert.ThrowsAsync<ForwardException>(() => TlsPair.ConnectAsync(client, server))).Error);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(120)]
    public async Task Server_ClientEndsWithinTheHandshake_Fails(int bytes)
    {
        byte[] hello = await CaptureHelloAsync();
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        await far.SendAndEndAsync(hello[..bytes]);

        await FailAsync(TlsSides.Server(), near, ForwardError.ConnectionClosed);
    }

    [Fact]
    public async Task Server_ClientEndsAfterTheServersAnswer_Fails()
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        await far.SendAndEndAsync(await CaptureHelloAsync());

        await FailAsync(TlsSides.Server(), near, ForwardError.ConnectionClosed);
    }

    [Fact]
    public async Task Server_ClientResetsWithinTheHandshake_Fails()
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        Task<IConnection> accept = TlsSides.Server().StartAsync(near, default).AsTask();
        await far.Stream.WriteAsync((await CaptureHelloAsync()).AsMemory(0, 20)).OrFail();

        far.Abort();

        Assert.Equal(ForwardError.ConnectionClosed, (await Assert.ThrowsAsync<ForwardException>(() => accept.OrFail())).Error);
        Assert.False(near.IsDisposed);
    }

    [Fact]
    public async Task Server_Silence_LastsUntilTheCallerGivesUp()
    {
        (InMemoryConnection near, _) = InMemoryConnection.CreatePair();
        using CancellationTokenSource stop = new();
        Task<IConnection> accept = TlsSides.Server().StartAsync(near, stop.Token).AsTask();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accept.OrFail());
        Assert.False(near.IsDisposed);
    }

    [Theory]
    [InlineData("16 0301", 0xffff)] // a handshake message of four times what a record may have
    [InlineData("16 0301", 0x4801)]
    [InlineData("17 0303", 0x4000)] // data before there are keys
    [InlineData("15 0301", 0x4000)] // an alert that is none
    [InlineData("80 8001", 0x0103)] // SSL 2
    public async Task Server_RecordThatIsNone_Fails(string start, int length)
    {
        byte[] record = new byte[5 + length];
        ScriptedPeer.Hex(start).CopyTo(record, 0);
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(3), (ushort)length);
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        Task write = far.Stream.WriteAsync(record).AsTask();

        await FailAsync(TlsSides.Server(), near, ForwardError.TlsFailed);
        near.Abort();
        await write.ContinueWith(t => t.Exception, TaskScheduler.Default).OrFail();
    }

    [Theory]
    [InlineData("0301")] // TLS 1.0
    [InlineData("0302")]
    [InlineData("0300")] // SSL 3
    public async Task Server_OldVersion_AnswersWithAnAlert(string version)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        await far.Stream.WriteAsync(Convert.FromHexString(
            "160301002d" + "01000029" + version + new string('a', 64) + "00" + "0002002f" + "0100")).OrFail();

        await FailAsync(TlsSides.Server(), near, ForwardError.TlsFailed);

        Assert.Equal(0x15, (await far.ReadAsync(1).OrFail())[0]); // alert
    }

    [Fact]
    public async Task Server_HelloWithAnyByteChanged_FailsOrAgrees()
    {
        byte[] hello = await CaptureHelloAsync();
        TlsServer server = TlsSides.Server();
        for (int i = 0; i < hello.Length; i++)
        {
            (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
            byte[] changed = [.. hello];
            changed[i] ^= 0xff;
            await far.SendAndEndAsync(changed);

            ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => server.StartAsync(near, default).OrFail());

            // It ends here even where it could be agreed on, because nothing follows.
            Assert.Contains(failure.Error, (ForwardError[])[ForwardError.TlsFailed, ForwardError.ConnectionClosed]);
            Assert.False(near.IsDisposed);
        }
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("220 mail.example ESMTP\r\n")]
    [InlineData("\u0015\u0003\u0003\u0000\u0002\u0002\u0028")] // the alert handshake_failure
    public async Task Client_ServerSpeaksSomethingElse_Fails(string sent)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        await far.Stream.WriteAsync(System.Text.Encoding.Latin1.GetBytes(sent));

        await FailAsync(TlsSides.Client(), near, ForwardError.TlsFailed);
    }

    [Fact]
    public async Task Client_CarrierIsDisposedMeanwhile_Fails()
    {
        await using LoopbackPair below = await LoopbackPair.CreateAsync();
        Task<IConnection> connect = TlsSides.Client().StartAsync(below.Dialed, default).AsTask();
        await below.Accepted.ReadAsync(5).OrFail();

        await below.Dialed.DisposeAsync();

        Assert.Equal(ForwardError.ConnectionClosed, (await Assert.ThrowsAsync<ForwardException>(() => connect.OrFail())).Error);
    }

    private static async Task FailAsync(IConnectionLayer layer, InMemoryConnection carrier, ForwardError error)
    {
        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => layer.StartAsync(carrier, default).OrFail());

        Assert.Equal(error, failure.Error);
        Assert.False(carrier.IsDisposed, "The connection is the caller's until there is TLS.");
    }

    private static async Task<byte[]> CaptureHelloAsync()
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        using CancellationTokenSource stop = new();
        Task<IConnection> connect = TlsSides.Client().StartAsync(near, stop.Token).AsTask();
        byte[] head = await far.ReadAsync(5).OrFail();
        byte[] rest = await far.ReadAsync(BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(3))).OrFail();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connect.OrFail());
        return [.. head, .. rest];
    }
}
