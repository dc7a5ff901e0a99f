using GostNet.Diagnostics;
using GostNet.Tests.Shared;
using Microsoft.Extensions.Options;

namespace GostNet.Tests.Building;

/// <summary>What is said of mistakes in what the protocols and transports of node URLs need: each once, with the node's name and what to
/// write, and never with a password.</summary>
public sealed class NodeSchemeProblemsTests
{
    private const string Key = "aes-128-gcm:secret@";

    [Theory]
    [InlineData("ss://oops:secret@:1", "ss://:1: 'oops' is not a Shadowsocks method; write one of chacha20-ietf-poly1305")]
    [InlineData("ss://none:secret@:1", "ss://:1: 'none' encrypts nothing")]
    [InlineData("ss2://aes-128-gcm:@:1", "Shadowsocks needs a method and a password; write them as they are")]
    [InlineData("ssu://:1", "ssu://:1: Shadowsocks needs a method and a password")]
    [InlineData("ssu+tcp://" + Key + ":1", "ssu://:1: a ssu server over tcp is not in this version of GostNet")]
    [InlineData("ssu+tls://" + Key + ":1", "ssu+tls://:1: a ssu server over tls is not in this version of GostNet")]
    [InlineData("ss+kcp://" + Key + ":1", "ss+kcp://:1: a ss server over kcp is not in this version of GostNet")]
    [InlineData("ftcp://me:secret@:1", "ftcp://:1: an automatic proxy server over ftcp is not in this version of GostNet")]
    [InlineData("quic://:1/a:1", "quic://:1: a forward tunnel over quic is not in this version of GostNet")]
    [InlineData("ssh://me:secret@:1", "ssh://:1: an automatic proxy server over ssh is not in this version of GostNet")]
    [InlineData("socks5+obfs4://me:secret@:1", "socks5+obfs4://:1: a socks5 server over obfs4 is not in this version of GostNet")]
    [InlineData("sni://me:secret@:1", "there are a user and a password, and sni checks nobody's; leave them out")]
    [InlineData("ws://me:secret@:1?path=chat", "ws://:1: The WebSocket's Path is 'chat'; write a path that begins with /")]
    [InlineData("h2c://me:secret@:1?path=chat", "h2c://:1: The HTTP/2 path is 'chat'; write a path that begins with /")]
    [InlineData("tls://me:secret@:1?ca=/dev/null", "tls://:1: /dev/null: there is no certificate in it")]
    public void Build_NodeToServeWithAMistake_SaysSoOnceAndKeepsTheSecret(string url, string expected) =>
        AssertSaid(new ForwardBuilder().Serve(url), expected);

    [Theory]
    [InlineData("ss://oops:secret@p:1", "ss://p:1: 'oops' is not a Shadowsocks method; write one of chacha20-ietf-poly1305")]
    [InlineData("ss://aes-128-gcm:@p:1", "Shadowsocks needs a method and a password; write them as they are")]
    [InlineData("ss://p:1", "ss://p:1: Shadowsocks needs a method and a password")]
    [InlineData("ss+vsock://" + Key + "p:1", "ss+vsock://p:1: ss+vsock is not in this version of GostNet")]
    [InlineData("forward+kcp://p:1", "forward+kcp://p:1: forward+kcp is not in this version of GostNet")]
    [InlineData("sni://me:secret@p:1", "there are a user and a password, and sni sends none; leave them out")]
    [InlineData("sni://p:1?host=a%20b", "sni://p:1: 'a b' cannot be a server name; write a name in ASCII, without a port.")]
    [InlineData("ws://p:1?path=chat", "ws://p:1: The WebSocket's Path is 'chat'; write a path that begins with /")]
    [InlineData("ws://p:1?host=a%20b", "ws://p:1: The WebSocket's Host is 'a b'; write a host, or host:port")]
    [InlineData("wss://p:1?secure=true&wbuf=10", "wss://p:1: The WebSocket's MaxMessageSize is 10; write from 125 to 65536")]
    [InlineData("h2://p:1?secure=true&path=chat", "h2://p:1: The HTTP/2 path is 'chat'; write a path that begins with /")]
    [InlineData("tls://p:1?pin=oops", "tls://p:1: 'oops' is not a pin; write sha256: and 64 hexadecimal digits")]
    [InlineData("tls://p:1?secure=true&ca=/dev/null", "tls://p:1: /dev/null: there is no certificate in it")]
    [InlineData("ohttp://p:1?host=a%20b", "ohttp://p:1: 'a b' cannot stand in a Host field")]
    [InlineData("otls://p:1?host=a%20b", "otls://p:1: 'a b' cannot be a server name")]
    public void Build_NodeOfAChainWithAMistake_SaysSoOnceAndKeepsTheSecret(string url, string expected) =>
        AssertSaid(new ForwardBuilder().LocalTcp(":1", "a:1").Via(url), expected);

    /// <summary>Other programs' links have method and password in Base64, and who forgets the method leaves the password alone.</summary>
    [Theory]
    [InlineData("YWVzLTEyOC1nY206c2VjcmV0")]
    [InlineData("secret")]
    public void Build_LoginWithoutAColon_IsNotRepeated(string login)
    {
        ForwardBuilder[] builders =
            [new ForwardBuilder().Serve($"ss://{login}@:1"), new ForwardBuilder().LocalTcp(":1", "a:1").Via($"ss://{login}@p:1")];

        Assert.All(builders, builder => Assert.DoesNotContain(
            login, Assert.Single(Assert.Throws<OptionsValidationException>(builder.Build).Failures), StringComparison.Ordinal));
    }

    [Fact]
    public void Build_ShadowsocksServerWithSecrets_IsRefused()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "me secret\n");

            AssertSaid(
                new ForwardBuilder().Serve($"ss://{Key}:1?secrets={Uri.EscapeDataString(file)}"),
                "parameter 'secrets' cannot be honoured by ss, and would be ignored; leave it out");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("rudp://:1/a:1", "ss://" + Key + "p:1", "which cannot listen for datagrams")]
    [InlineData("rtcp://:1/a:1", "ss://" + Key + "p:1", "which cannot listen for connections")]
    [InlineData("udp://:1/a:1", "ss+tls://" + Key + "p:1?secure=true", "which cannot carry datagrams")]
    [InlineData("ssu://" + Key + ":1", "http://p:1", "where no port can be had for datagrams")]
    public void Build_ChainThatCannot_IsRefused(string serve, string via, string expected) =>
        AssertSaid(new ForwardBuilder().Serve(serve).Via(via), expected);

    [Fact]
    public void Build_DatagramsThroughShadowsocks_OnlyAsTheFirstHop()
    {
        new ForwardBuilder().Serve("udp://:1/a:1").Via($"ss://{Key}p:1").Build();
        new ForwardBuilder().Serve("udp://:1/a:1").Via("http://o:1").Via($"ssu+tls://{Key}p:1?secure=true").Build();

        AssertSaid(new ForwardBuilder().Serve("udp://:1/a:1").Via("http://o:1").Via($"ss://{Key}p:1"), "which cannot carry datagrams");
    }

    [Fact]
    public void Build_WeakCipher_WarnsOnceOfEachNode()
    {
        var log = new RecordingLoggerFactory();

        new ForwardBuilder().UseLoggerFactory(log).Serve("ss://rc4-md5:secret@:1").Via("ss://rc4-md5:secret@p:1").Build();

        Assert.Equal(
            ["ss://:1: rc4-md5 does", "ss://p:1: rc4-md5 does"],
            log.WithId(LogEventIds.ConfigurationWarning).Select(entry => entry.Message[..entry.Message.IndexOf(" not", StringComparison.Ordinal)])
                .Order(StringComparer.Ordinal));
        Assert.DoesNotContain(log.Entries, entry => entry.Message.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public void Build_OptionsOfServersWithMistakes_ReportsEach()
    {
        var key = new ShadowsocksServerOptions { Password = "secret" };
        AssertSaid(new ForwardBuilder().ServeShadowsocks(":1", key with { AllowAnonymous = true }), "leave out Authenticator and AllowAnonymous");
        AssertSaid(new ForwardBuilder().ServeShadowsocks(":1", key with { Password = null }), "ss://:1: Shadowsocks needs a password");
        AssertSaid(
            new ForwardBuilder().ServeShadowsocksUdp(":1", key with { Transport = ServerTransport.Tcp.Tls() }),
            "Transport is tls, and datagrams take none; leave it out");
        AssertSaid(
            new ForwardBuilder().ServeSni(":1", new() { AllowAnonymous = true, TargetPort = 99999 }),
            "sni://:1: TargetPort is 99999; write a port from 1 to 65535");
        AssertSaid(new ForwardBuilder().UseUnverifiedPeers(UnverifiedPeers.Warn).Serve("sni://:1?sniport=99999"), "TargetPort is 99999");
    }

    private static void AssertSaid(ForwardBuilder builder, string expected)
    {
        string failure = Assert.Single(Assert.Throws<OptionsValidationException>(builder.Build).Failures);

        Assert.Contains(expected, failure, StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter", failure, StringComparison.Ordinal);
        Assert.DoesNotContain("secret@", failure, StringComparison.Ordinal);
    }
}
