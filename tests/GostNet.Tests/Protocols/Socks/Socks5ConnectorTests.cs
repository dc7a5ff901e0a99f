using System.Net;
using GostNet.Protocols.Socks;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols.Socks;

public class Socks5ConnectorTests
{
    private const string Granted = "05 00 00 01 00000000 0000";
    private static readonly HostEndPoint Target = new("db.example", 5432);
    private static readonly NetworkCredential Login = new("user", "s3cret");
    private readonly Socks5Connector _open = new("hop1");
    private readonly Socks5Connector _withLogin = new("hop1", Login);

    [Fact]
    public async Task ConnectAsync_NoLogin_SpeaksInTurn()
    {
        ScriptedPeer peer = new();
        Task<IConnection> connect = _open.ConnectAsync(peer.Near, Target).AsTask();

        await peer.ExpectAsync("05 01 00");
        await peer.SendAsync("05 00");
        await peer.ExpectAsync("05 01 00 03 0a 64622e6578616d706c65 1538");
        Assert.False(connect.IsCompleted);
        await peer.SendAsync(Granted);

        Assert.Same(peer.Near, await connect.OrFail());
    }

    [Fact]
    public async Task ConnectAsync_Login_IsSentOnlyWhenAskedFor()
    {
        ScriptedPeer peer = new();
        Task<IConnection> connect = _withLogin.ConnectAsync(peer.Near, Target).AsTask();

        await peer.ExpectAsync("05 02 00 02");
        await peer.SendAsync("05 02");
        await peer.ExpectAsync("01 04 75736572 06 733363726574");
        await peer.SendAsync("01 00");
        await peer.ExpectAsync("05 01 00 03 0a 64622e6578616d706c65 1538");
        await peer.SendAsync(Granted);

        Assert.Same(peer.Near, await connect.OrFail());
    }

    [Fact]
    public async Task ConnectAsync_LoginConfiguredButNotWanted_IsNotSent()
    {
        ScriptedPeer peer = new();
        Task<IConnection> connect = _withLogin.ConnectAsync(peer.Near, Target).AsTask();

        await peer.ExpectAsync("05 02 00 02");
        await peer.SendAsync("05 00");
        await peer.ExpectAsync("05 01 00 03");
        await peer.SendAsync(Granted);
        await connect.OrFail();
    }

    [Theory]
    [InlineData(int.MaxValue, Granted)]
    [InlineData(1, Granted)]
    [InlineData(int.MaxValue, "05 00 00 04 00000000000000000000000000000001 0001")]
    [InlineData(1, "05 00 00 03 03 666f6f 0001")]
    [InlineData(int.MaxValue, "05 00 00 03 03 0a0a0a 0001")] // a BND that is no address is of no interest to CONNECT
    public async Task ConnectAsync_PayloadInTheSameSegment_IsKept(int maxRead, string reply)
    {
        (IConnection connection, byte[] payload) = await ScriptedPeer.SuccessAsync(
            _open, Target, [.. ScriptedPeer.Hex("05 00" + reply), .. "SSH-2.0-banner"u8], maxRead);

        Assert.IsType<PipeConnection>(connection);
        Assert.Equal("SSH-2.0-banner"u8.ToArray(), payload);
    }

    [Theory]
    [InlineData(1, ForwardError.ProxyFailure, false)]
    [InlineData(2, ForwardError.Forbidden, false)]
    [InlineData(3, ForwardError.NetworkUnreachable, true)]
    [InlineData(4, ForwardError.HostUnreachable, true)]
    [InlineData(5, ForwardError.ConnectionRefused, true)]
    [InlineData(6, ForwardError.TimedOut, true)]
    [InlineData(7, ForwardError.CommandNotSupported, false)]
    [InlineData(8, ForwardError.AddressNotSupported, false)]
    [InlineData(9, ForwardError.ProtocolError, false)]
    [InlineData(255, ForwardError.ProtocolError, false)]
    public async Task ConnectAsync_Refused_TellsWhyAndWhoIsToBlame(byte code, ForwardError error, bool isTargetFault)
    {
        ForwardException failure = await ScriptedPeer.FailureAsync(_open, Target, [5, 0, 5, code, 0, 1, 0, 0, 0, 0, 0, 0]);

        Assert.Equal((error, isTargetFault, isTargetFault ? null : "hop1"), (failure.Error, failure.IsTargetFault, failure.Node));
        Assert.StartsWith($"SOCKS5 proxy hop1, asked for db.example:5432, replied {code}: ", failure.Message, StringComparison.Ordinal);
    }

    // The client table of socks, section 15, as far as CONNECT without TLS goes.
    [Theory]
    [InlineData("04 00", ForwardError.ProtocolError, "0400 (hex)")] // selection: version
    [InlineData("4854545020", ForwardError.ProtocolError, "4854 (hex)")]
    [InlineData("05 01", ForwardError.ProtocolError, "method 01, which was not offered")]
    [InlineData("05 80", ForwardError.ProtocolError, "method 80, which was not offered")]
    [InlineData("05 82", ForwardError.ProtocolError, "method 82, which was not offered")]
    [InlineData("05 FF", ForwardError.AuthenticationRequired, "offered: method 00")]
    [InlineData("05 02", ForwardError.AuthenticationRequired, "none are configured")]
    [InlineData("05 00 04 00 00 01 00000000 0000", ForwardError.ProtocolError, "04000001 (hex)")] // reply: version
    [InlineData("05 00 05 00 00 02 00000000 0000", ForwardError.ProtocolError, "05000002 (hex)")] // reply: address type
    [InlineData("05 00 05 63 00 02 00000000 0000", ForwardError.ProtocolError, "replied 99")]
    public async Task ConnectAsync_HostileAnswer_Fails(string answers, ForwardError error, string part)
    {
        foreach (int maxRead in (int[])[int.MaxValue, 1])
        {
            ForwardException failure = await ScriptedPeer.FailureAsync(_open, Target, ScriptedPeer.Hex(answers), maxRead);

            Assert.Equal((error, "hop1"), (failure.Error, failure.Node));
            bool quotesLess = maxRead == 1 && part.EndsWith("(hex)", StringComparison.Ordinal);
            Assert.Contains(quotesLess ? "(hex)" : part, failure.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("05 FF", ForwardError.AuthenticationRequired)]
    [InlineData("05 80", ForwardError.ProtocolError)]
    [InlineData("05 02 01 01", ForwardError.AuthenticationFailed)]
    [InlineData("05 02 01 FF", ForwardError.AuthenticationFailed)]
    [InlineData("05 02 05 00", ForwardError.ProtocolError)] // status: version
    public async Task ConnectAsync_LoginRefused_FailsWithoutTellingTheLogin(string answers, ForwardError error)
    {
        ForwardException failure = await ScriptedPeer.FailureAsync(_withLogin, Target, ScriptedPeer.Hex(answers));

        Assert.Equal(error, failure.Error);
        Assert.False(failure.IsTargetFault);
        Assert.DoesNotContain("s3cret", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectAsync_EndOfStreamAnywhere_IsConnectionClosed()
    {
        byte[] answers = ScriptedPeer.Hex("05 02 01 00 05 00 00 03 03 666f6f 0001");
        for (int count = 0; count < answers.Length; count++)
        {
            ForwardException failure = await ScriptedPeer.FailureAsync(_withLogin, Target, answers[..count]);

            Assert.Equal((ForwardError.ConnectionClosed, false, "hop1"), (failure.Error, failure.IsTargetFault, failure.Node));
            string awaited = count < 2 ? "the choice of a login method" : count < 4 ? "the answer to the login" : "the reply to CONNECT";
            Assert.Contains($"closed the connection before {awaited} was complete", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task ConnectAsync_ConnectionBreaks_IsConnectionClosed()
    {
        ScriptedPeer peer = new();
        IOException reset = new("reset");
        peer.End(reset);

        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => _open.ConnectAsync(peer.Near, Target).OrFail());

        Assert.Equal(ForwardError.ConnectionClosed, failure.Error);
        Assert.Same(reset, failure.InnerException);
    }

    [Fact]
    public async Task ConnectAsync_Cancelled_Ends()
    {
        using CancellationTokenSource stop = new();
        Task<IConnection> connect = _open.ConnectAsync(new ScriptedPeer().Near, Target, stop.Token).AsTask();
        Assert.False(connect.IsCompleted);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connect.OrFail());
    }

    [Fact]
    public void Constructor_LoginTooLong_Throws()
    {
        string longest = new string('ü', 127) + "x";

        _ = new Socks5Connector("hop1", new(longest, longest));
        Assert.Throws<ArgumentException>(() => new Socks5Connector("hop1", new(longest + "x", "")));
        Assert.Throws<ArgumentException>(() => new Socks5Connector("hop1", new("", longest + "x")));
    }
}
