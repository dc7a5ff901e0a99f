using System.Net;
using System.Net.Security;
using GostNet.Building;
using GostNet.Protocols.Socks;
using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Tests.Transports.Tls;
using GostNet.Transports.Tls;
using Microsoft.Extensions.Logging.Abstractions;

namespace GostNet.Tests.Protocols.Socks;

/// <summary>GOST's methods 80 and 82.</summary>
public class Socks5TlsTests
{
    private const string Connect = "05 01 00 03 09 3132372e302e302e31 4e70"; // as GOST sent it
    private const string Granted = "05 00 00 01 00000000 0000";
    private static readonly HostEndPoint Target = new("127.0.0.1", 20080);
    private static readonly NetworkCredential Login = new("user", "pass");
    private static readonly TlsClientOptions Unverified = new() { Verify = false };

    [Fact]
    public async Task ConnectAsync_Tls_GoesOnInside()
    {
        (Task<IConnection> connect, ScriptedControl node) = await BeginAsync(Create(Unverified), "05 03 00 02 80", "05 80");
        await using SslStream tls = await AcceptTlsAsync(node);
        await ExpectAsync(tls, Connect);
        await tls.WriteAsync(ScriptedPeer.Hex(Granted + "68 69"));
        await node.Far.CompleteWritesAsync(); // GOST sends no close_notify

        IConnection connection = await connect.OrFail();
        Assert.Equal("hi"u8.ToArray(), await connection.ReadToEndAsync().OrFail());
        await connection.Stream.WriteAsync("bye"u8.ToArray()).OrFail();
        await ExpectAsync(tls, "627965");
    }

    [Fact]
    public async Task ConnectAsync_TlsAndLogin_SendsTheLoginInside()
    {
        // 82 was not offered as such.
        (Task<IConnection> connect, ScriptedControl node) = await BeginAsync(Create(Unverified, Login), "05 03 00 02 80", "05 82");
        await using SslStream tls = await AcceptTlsAsync(node);
        await ExpectAsync(tls, "01 04 75736572 04 70617373");
        await tls.WriteAsync(ScriptedPeer.Hex("01 00"));
        await ExpectAsync(tls, Connect);
        await tls.WriteAsync(ScriptedPeer.Hex(Granted));

        await connect.OrFail();
    }

    [Theory]
    [InlineData("05 00", Connect, "")]
    [InlineData("05 02", "01 04 75736572 04 70617373", "01 00")]
    public async Task ConnectAsync_ServerWithoutTls_GoesOnInTheClear(string choice, string next, string answer)
    {
        (Task<IConnection> connect, ScriptedControl node) = await BeginAsync(Create(Unverified, Login), "05 03 00 02 80", choice);
        await node.ExpectAsync(next);
        await node.SendAsync(answer + Granted);

        Assert.Same(node.Near, await connect.OrFail());
    }

    [Fact]
    public async Task ConnectAsync_TlsWantsALogin_IsAuthenticationRequired()
    {
        (Task<IConnection> connect, ScriptedControl node) = await BeginAsync(Create(Unverified), "05 03 00 02 80", "05 82");
        Task handshake = AcceptTlsAsync(node);

        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => connect.OrFail());

        Assert.Equal((ForwardError.AuthenticationRequired, "hop1"), (failure.Error, failure.Node));
        await handshake.ContinueWith(t => t.Exception, TaskScheduler.Default).OrFail(); // the client may have been gone before its end
    }

    [Theory]
    [InlineData("05 00", "does not do TLS")]
    [InlineData("05 02", "does not do TLS")]
    [InlineData("05 FF", "does not do TLS")]
    [InlineData("05 01", "chose login method 01, which was not offered")]
    public async Task ConnectAsync_TlsRequiredAndNotChosen_FailsBeforeTheLogin(string choice, string part)
    {
        (Task<IConnection> connect, ScriptedControl node) = await BeginAsync(Create(Unverified, Login, require: true), "05 02 80 82", choice);

        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => connect.OrFail());
        Assert.Contains(part, failure.Message, StringComparison.Ordinal);
        await node.Near.DisposeAsync();
        await node.ExpectEndAsync();
    }

    [Theory]
    [InlineData("05 80")]
    [InlineData("05 82")]
    public async Task ConnectAsync_CertificateRejected_TellsNoLogin(string choice)
    {
        (Task<IConnection> connect, ScriptedControl node) = await BeginAsync(Create(new(), Login, require: true), "05 02 80 82", choice);
        await using SslStream tls = new(node.Far.Stream);
        Task handshake = tls.AuthenticateAsServerAsync(TestCertificates.Server);

        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => connect.OrFail());

        Assert.Equal((ForwardError.CertificateRejected, "hop1"), (failure.Error, failure.Node));
        Assert.Contains("sha256:", failure.Message, StringComparison.Ordinal);
        await node.Near.DisposeAsync();
        await handshake.ContinueWith(t => t.Exception, TaskScheduler.Default).OrFail();
    }

    [Fact]
    public async Task ConnectAsync_RefusedInsideTls_SaysWhy()
    {
        (Task<IConnection> connect, ScriptedControl node) = await BeginAsync(Create(Unverified), "05 03 00 02 80", "05 80");
        await using SslStream tls = await AcceptTlsAsync(node);
        await ExpectAsync(tls, Connect);
        await tls.WriteAsync(ScriptedPeer.Hex("05 05 00 01 00000000 0000"));

        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => connect.OrFail());

        Assert.Equal((ForwardError.ConnectionRefused, true), (failure.Error, failure.IsTargetFault));
    }

    [Fact]
    public async Task ConnectAsync_PlainTextInPlaceOfTls_IsTlsFailed()
    {
        (Task<IConnection> connect, ScriptedControl node) = await BeginAsync(Create(Unverified), "05 03 00 02 80", "05 80" + Granted);

        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => connect.OrFail());

        Assert.Equal((ForwardError.TlsFailed, "hop1"), (failure.Error, failure.Node));
    }

    [Fact]
    public void Constructor_TlsRequiredWithoutTls_Throws() =>
        Assert.Throws<ArgumentException>(() => new Socks5Connector("hop1", Login, new() { RequireTls = true }));

    [Theory]
    [InlineData(null, false, UnverifiedPeers.Refuse, false, false, false)]
    [InlineData(null, false, UnverifiedPeers.Warn, true, false, false)]
    [InlineData(false, false, UnverifiedPeers.Refuse, true, false, false)]
    [InlineData(false, false, UnverifiedPeers.Warn, true, false, false)]
    [InlineData(true, false, UnverifiedPeers.Refuse, true, true, true)]
    [InlineData(true, false, UnverifiedPeers.Warn, true, true, true)]
    [InlineData(null, true, UnverifiedPeers.Warn, false, false, false)]
    [InlineData(false, true, UnverifiedPeers.Warn, false, false, false)]
    public void WithTls_ParametersOfAUrl_MeanWhatTheySay(
        bool? secure, bool noTls, UnverifiedPeers peers, bool isOffered, bool isVerified, bool isRequired)
    {
        Socks5ProxyOptions options = new Socks5ProxyOptions().WithTls(secure, noTls, peers);

        Assert.Equal((isOffered, isVerified, isRequired), (options.Tls is not null, options.Tls?.Verify ?? false, options.RequireTls));
    }

    [Fact]
    public void WithTls_SecureAndNoTls_Throws() =>
        Assert.Throws<ArgumentException>(() => new Socks5ProxyOptions().WithTls(true, true, UnverifiedPeers.Warn));

    private static Socks5Connector Create(TlsClientOptions tls, NetworkCredential? login = null, bool require = false) =>
        Socks5Connectors.Create(
            new Node(new("10.0.0.1", 1080), "hop1"),
            new() { Credential = login, Tls = tls, RequireTls = require },
            _ => throw new InvalidOperationException("No session is wanted."),
            null,
            TimeProvider.System,
            NullLogger.Instance);

    /// <summary>Lets a connector ask, up to where the server has chosen a method.</summary>
    private static async Task<(Task<IConnection> Connect, ScriptedControl Node)> BeginAsync(
        Socks5Connector connector, string greeting, string choice)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        ScriptedControl node = new(near, far);
        Task<IConnection> connect = connector.ConnectAsync(near, Target).AsTask();
        await node.ExpectAsync(greeting);
        await node.SendAsync(choice);
        return (connect, node);
    }

    private static async Task<SslStream> AcceptTlsAsync(ScriptedControl node)
    {
        SslStream tls = new(node.Far.Stream, leaveInnerStreamOpen: true);
        await tls.AuthenticateAsServerAsync(TestCertificates.Server).OrFail();
        return tls;
    }

    private static async Task ExpectAsync(SslStream tls, string hex)
    {
        byte[] expected = ScriptedPeer.Hex(hex);
        byte[] actual = new byte[expected.Length];
        await tls.ReadExactlyAsync(actual).OrFail();
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(actual));
    }
}
