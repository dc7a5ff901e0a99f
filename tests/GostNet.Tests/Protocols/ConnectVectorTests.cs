using System.Net;
using GostNet.Protocols.Http;
using GostNet.Protocols.Socks;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols;

/// <summary>Replays exchanges recorded from GOST 2.8.1, as far as they are CONNECT in clear text.</summary>
public class ConnectVectorTests
{
    private static readonly HostEndPoint Local = new("127.0.0.1", 20080);
    private static readonly NetworkCredential Login = new("user", "pass");

    // GOST offers TLS always.
    private static readonly Socks5ConnectorSettings AsGost =
        new() { StartTls = (_, _) => throw new InvalidOperationException("TLS was not chosen.") };

    /// <summary>GOST was the client: the same bytes must leave us, when we are fed the same answers.</summary>
    [Theory]
    [InlineData("client_connect_noauth")]
    [InlineData("client_connect_userpass")]
    [InlineData("client_socks4")]
    [InlineData("client_socks4a")]
    [InlineData("client_http_connect")]
    public async Task Client_Recorded_SendsTheSameBytes(string name)
    {
        (IConnector connector, HostEndPoint target) = name switch
        {
            "client_connect_noauth" => (new Socks5Connector("gost", null, AsGost), Local),
            "client_connect_userpass" => (new Socks5Connector("gost", Login, AsGost), Local),
            "client_socks4" => (new Socks4Connector("gost", (_, _) => throw new InvalidOperationException("Not a name.")), Local),
            "client_socks4a" => (new Socks4Connector("gost", resolve: null), new HostEndPoint("example.com", 20080)),
            _ => ((IConnector)new HttpConnector("gost", Login), Local),
        };
        ScriptedPeer peer = new();
        Task<IConnection> connect = connector.ConnectAsync(peer.Near, target).AsTask();

        foreach ((string direction, byte[] bytes, string what) in Transcripts.Read(name))
        {
            if (direction == "s>c")
            {
                await peer.SendAsync(bytes);
                continue;
            }

            if (what == "payload")
            {
                await (await connect.OrFail()).Stream.WriteAsync(bytes);
            }

            await peer.ExpectAsync(bytes);
        }

        Assert.Same(peer.Near, await connect.OrFail());
    }

    /// <summary>GOST was the server: its answers must be understood.</summary>
    [Theory]
    [InlineData("connect_noauth_ipv4", null, false)]
    [InlineData("connect_noauth_domain", null, false)]
    [InlineData("connect_userpass_ok", null, false)]
    [InlineData("connect_userpass_wrong", ForwardError.AuthenticationFailed, false)]
    [InlineData("connect_refused", ForwardError.HostUnreachable, true)]
    [InlineData("connect_denied_by_blacklist", ForwardError.Forbidden, false)]
    [InlineData("unknown_command_9", ForwardError.ConnectionClosed, false)]
    [InlineData("bad_address_type_2", ForwardError.ConnectionClosed, false)]
    [InlineData("socks4_connect", null, false)]
    [InlineData("socks4a_connect", null, false)]
    [InlineData("socks4_refused", ForwardError.TargetUnreachable, true)]
    [InlineData("socks4_bind", ForwardError.Forbidden, false)]
    public async Task Server_Recorded_IsUnderstood(string name, ForwardError? error, bool isTargetFault)
    {
        IConnector connector = name.StartsWith("socks4", StringComparison.Ordinal)
            ? new Socks4Connector("gost", resolve: null)
            : new Socks5Connector("gost", Login);
        List<(string Direction, byte[] Bytes, string What)> sent = Transcripts.Read(name).FindAll(step => step.Direction == "s>c");
        byte[] answers = [.. sent.SelectMany(step => step.Bytes)];
        byte[] banner = [.. sent.Where(step => step.What.StartsWith("payload", StringComparison.Ordinal)).SelectMany(step => step.Bytes)];

        if (error is { } expected)
        {
            ForwardException failure = await ScriptedPeer.FailureAsync(connector, Local, answers);
            Assert.Equal((expected, isTargetFault), (failure.Error, failure.IsTargetFault));
        }
        else
        {
            (_, byte[] payload) = await ScriptedPeer.SuccessAsync(connector, Local, answers);
            Assert.Equal(banner, payload);
        }
    }
}
