using GostNet.Building.Nodes;

namespace GostNet.Tests.Building.Nodes;

/// <summary>What the vectors do not say: several mistakes at once, the words of messages, secrets, and keys in the wrong place.</summary>
public sealed class NodeUrlReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gostnet-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Read_OfSeveralMistakes_TellsThemAll()
    {
        NodeUrlFindings findings = Fail("tcp://user:pass@:99999/10.0.0.1,10.0.0.2:22?max_fails=x&fail_timeout=soon", "-L");

        Assert.Equal(
            ["BadDuration", "BadInteger", "BadPort", "BadTarget", "CredentialsUnused"],
            findings.Errors.Select(e => e.Code.ToString()).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("-L", "8080", "'8080' has no port; write :8080")]
    [InlineData("-L", "tcp://::1:2222/1.2.3.4:22", "host '::1' is an IPv6 address without brackets; write [::1]:port")]
    [InlineData("-L", "foo://:8080", "scheme 'foo' is not known; write one of auto, tcp, udp")]
    [InlineData("-L", "tcp+foo://:8080", "'foo' is not a transport; write one of tcp, tls")]
    [InlineData("-L", "tcp://:abc/1.2.3.4:22", "port 'abc' is not a number from 0 to 65535")]
    [InlineData("-L", "tcp://:/1.2.3.4:22", "there is nothing behind the ':'; write a port")]
    [InlineData("-L", "tcp://:2222?ttl=1/1.2.3.4:22", "write a duration such as 30s, 1m30s or 500ms, or whole seconds, and targets in front of the '?'")]
    [InlineData("-L", "tcp://:2222/1.2.3.4", "target '1.2.3.4' has no port; write host:port")]
    [InlineData("-L", "tcp://[::1:2222/1.2.3.4:22", "opens a bracket and does not close it")]
    [InlineData("-L", "tcp://[::1]2222/1.2.3.4:22", "'2222' stands behind the host")]
    [InlineData("-L", "tcp://[::1%25]:2222/1.2.3.4:22", "host '::1%' is not a host name or address")]
    [InlineData("-L", ":2222/1.2.3.4:22", "auto serves whatever its clients ask for; leave it out, or write tcp:// to forward")]
    [InlineData("-L", "direct+ssh://:22", "direct is for nodes of a chain")]
    [InlineData("-L", "tcp+http2://:443/:80", "http2 is a proxy protocol and carries no tunnel; write h2")]
    [InlineData("-L", "socks5+udp://:443", "udp carries no socks5; write socks5 alone, or another transport")]
    [InlineData("-L", "https+tls://:443", "'https' is not a protocol")]
    [InlineData("-F", "tcp://1.2.3.4:80", "tcp is something to serve, not a proxy protocol")]
    [InlineData("-F", "tcp+tls://1.2.3.4:80", "tcp is something to serve, not a proxy protocol")]
    [InlineData("-F", "udp://1.2.3.4:80", "udp is something to serve, not a proxy protocol")]
    [InlineData("-F", "http://1.2.3.4:0", "port 0 cannot be dialled; write the proxy's port")]
    [InlineData("-F", "http2+tls://1.2.3.4:443", "http2 is protocol and transport in one; write http2")]
    public void Read_OfAMistake_NamesPartValueAndRemedy(string flag, string url, string expected) =>
        Assert.Contains(Fail(url, flag).Errors, e => e.Message.Contains(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData("-L", "tcp://:2222/1.2.3.4:22?whitelist=tcp:*:22", nameof(NodeUrlError.BadCombination))]
    [InlineData("-L", "tcp://:2222/1.2.3.4:22?bypass=10.0.0.0/8", nameof(NodeUrlError.BadCombination))]
    [InlineData("-L", "udp://:2222/1.2.3.4:22?auth=dTpw", nameof(NodeUrlError.CredentialsUnused))]
    [InlineData("-L", "tls://:443/:80?knock=secret.example", nameof(NodeUrlError.BadCombination))]
    [InlineData("-F", "http://1.2.3.4:8080?secure=true", nameof(NodeUrlError.BadCombination))]
    [InlineData("-F", "forward://user:pass@1.2.3.4:1080", nameof(NodeUrlError.CredentialsUnused))]
    [InlineData("-F", "socks5://1.2.3.4:1080?whitelist=tcp:*:22", nameof(NodeUrlError.BadCombination))]
    public void Read_OfWhatWouldGuardAndCannot_IsRefused(string flag, string url, string expected) =>
        Assert.Equal(expected, Assert.Single(Fail(url, flag).Errors).Code.ToString());

    [Theory]
    [InlineData("tcp://:2222/1.2.3.4:22?ttl=5", "parameter 'ttl' has no effect on tcp")]
    [InlineData("tcp://:2222/1.2.3.4:22?fastest_count=2", "parameter 'fastest_count' has no effect on tcp")]
    [InlineData("tcp://:2222/1.2.3.4:22?Retry=5", "parameter 'Retry' is not known and has no effect")]
    public void Read_OfAKeyWithoutEffect_Warns(string url, string expected)
    {
        var findings = new NodeUrlFindings();

        Assert.NotNull(Read(url, "-L", findings));
        Assert.Equal(expected, Assert.Single(findings.Warnings).Message);
    }

    [Theory]
    [InlineData("tcp://:2222/1.2.3.4:22", "tcp://:2222/1.2.3.4:22")]
    [InlineData("socks5://user:p@ss@h:1", "socks5://***@h:1")]
    [InlineData("user:pass@h:1", "***@h:1")]
    [InlineData("socks5://user:pa/s@s@h:1?x=a", "socks5://***@h:1?x=a")]
    [InlineData("socks5://h:1?auth=dTpw&timeout=3", "socks5://h:1?auth=***&timeout=3")]
    [InlineData("socks5://h:1?AUTH=dTpw", "socks5://h:1?AUTH=***")]
    [InlineData("ssh://u:p@h:1?ssh_passphrase=a@b&ping=3", "ssh://***&ping=3")]
    [InlineData("ssh://h:1?ping=x&ssh_passphrase=geheim", "ssh://h:1?ping=x&ssh_passphrase=***")]
    [InlineData("ssh://h:1?ssh_pas%73phrse=geheim&ping=x", "ssh://h:1?ssh_pas%73phrse=***&ping=x")]
    [InlineData("ssh://u:a?b@h:1?ssh_passphrase=geheim&auth=x", "ssh://***@h:1?ssh_passphrase=***&auth=***")]
    [InlineData("ssh://h:1?%zz=geheim", "ssh://h:1?%zz=***")]
    public void Redact_OfAUrl_LeavesOutSecrets(string url, string expected) => Assert.Equal(expected, NodeUrlParts.Redact(url));

    [Theory]
    [InlineData("-F", "tcp+ssh://u:p@1.2.3.4:22", "tcp", false)]
    [InlineData("-F", "forward+ssh://u:p@1.2.3.4:22", "forward", true)]
    [InlineData("-F", "remote+ssh://u:p@1.2.3.4:22", "remote", true)]
    [InlineData("-F", "ssh://u:p@1.2.3.4:22", "auto", false)]
    [InlineData("-L", "forward+ssh://u:p@:22", "forward", true)]
    [InlineData("-L", "sni+ssh://u:p@:22", "sni", false)]
    [InlineData("-L", "tcp+ssh://u:p@:22/a:1", "auto", false)]
    public void Read_OfASchemeWithSsh_TellsWhoIsToldTheTarget(string flag, string url, string protocol, bool isForwarding)
    {
        NodeUrl node = Read(url, flag, new NodeUrlFindings())!;

        Assert.Equal((protocol, "ssh", isForwarding), (node.Scheme.Protocol, node.Scheme.Transport, node.Scheme.IsForwarding));
        Assert.Equal("u", node.Credential?.UserName);
    }

    [Theory]
    [InlineData("socks5://alice:geheim@10.0.0.1:99999?auth=YWxpY2U6Z2VoZWlt")]
    [InlineData("socks5://alice:geheim%zz@10.0.0.1:1080")]
    [InlineData("socks5://alice:geheim/x@10.0.0.1:1080")]
    [InlineData("socks5://:geheim@10.0.0.1:1080")]
    [InlineData("ssh://10.0.0.1:1080?ssh_passphrase=geheim&timeout=x")]
    public void Read_OfABadUrlWithALogin_DoesNotTellThePassword(string url) =>
        Assert.DoesNotContain(Fail(url, "-F").Errors, e => e.Message.Contains("geheim", StringComparison.Ordinal));

    [Theory]
    [InlineData("user pass\n", "user", "pass")]
    [InlineData("# comment\n\nreload 10s\n\tuser\tpa#ss  \nother x\n", "user", "pa#ss")]
    [InlineData("user\n", "user", "")]
    public void Secrets_OfAChainNode_AreTheFirstLogin(string content, string user, string password)
    {
        File.WriteAllText(Path.Combine(_folder, "secrets"), content);

        NodeUrl? node = Read("socks5://1.2.3.4:1080?secrets=secrets", "-F", new NodeUrlFindings());

        Assert.Equal(user, node?.Credential?.UserName);
        Assert.Equal(password, node?.Credential?.Password);
    }

    [Theory]
    [InlineData("-F", "# nobody\n", nameof(NodeUrlError.File))]
    [InlineData("-L", "reload 10s\n", nameof(NodeUrlError.File))]
    [InlineData("-L", "user pass\nguest\n", nameof(NodeUrlError.EmptyPassword))]
    public void Secrets_ThatLetEverybodyIn_AreRefused(string flag, string content, string expected)
    {
        File.WriteAllText(Path.Combine(_folder, "secrets"), content);

        Assert.Equal(expected, Assert.Single(Fail("socks5://1.2.3.4:1080?secrets=secrets", flag).Errors).Code.ToString());
    }

    [Theory]
    [InlineData("auth=dXNlcg==", "user", "")]
    [InlineData("auth=dTp%2B", "u", "~")]
    public void Auth_InBase64_IsTheLogin(string query, string user, string password)
    {
        // "dTp+" is the Base64 of "u:~"; its '+' has to be escaped.
        NodeUrl? node = Read($"socks5://1.2.3.4:1080?{query}", "-F", new NodeUrlFindings());

        Assert.Equal(user, node?.Credential?.UserName);
        Assert.Equal(password, node?.Credential?.Password);
    }

    [Theory]
    [InlineData("auth=dTp+", nameof(NodeUrlError.BadBase64))]
    [InlineData("auth=", nameof(NodeUrlError.BadBase64))]
    [InlineData("auth=_w==", nameof(NodeUrlError.BadBase64))]
    [InlineData("auth=/w==", nameof(NodeUrlError.BadBase64))] // not UTF-8
    [InlineData("auth=OnB3", nameof(NodeUrlError.EmptyUser))]
    public void Auth_ThatIsNoLogin_IsRefused(string query, string expected) =>
        Assert.Equal(expected, Assert.Single(Fail($"socks5://1.2.3.4:1080?{query}", "-F").Errors).Code.ToString());

    [Fact]
    public void Ip_OfAFileThatCannotBeRead_IsRefused()
    {
        string path = Path.Combine(_folder, "ips");
        File.WriteAllText(path, "1.2.3.4:22\nnot an address\n");

        Assert.Equal(NodeUrlError.BadTarget, Assert.Single(Fail("tcp://:1?ip=ips", "-L").Errors).Code);
    }

    /// <summary>Whatever is written, the answer is a node or an error, and never another exception.</summary>
    [Fact]
    public void Read_OfAnything_FindsOrRefuses()
    {
        var random = new Random(20261124);
        string[] pieces =
        [
            "tcp", "udp", "socks5", "+", "://", ":", "/", "?", "#", "@", "[", "]", "::1", "%", "%25", "%zz", ",", "&", "=", ";", "ip=", "ttl=", "auth=",
            "retry=", "max_fails=", "22", "99999", "1.2.3.4", "example.com", "user", " ", "\0", "\u00e9", "\ud800", "-", "\t", "secrets=", "whitelist=",
        ];
        for (int i = 0; i < 100_000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 14)).Select(_ => pieces[random.Next(pieces.Length)]));
            NodeRole role = (NodeRole)(i % 2);
            var findings = new NodeUrlFindings();

            NodeUrl? node = NodeUrlReader.Read(text, role, new NodeFiles(_folder), findings);

            Assert.Equal(node is null, findings.Errors.Count > 0);
            Assert.NotNull(NodeUrlParts.Redact(text));
        }
    }

    private NodeUrl? Read(string url, string flag, NodeUrlFindings findings) =>
        NodeUrlReader.Read(url, flag == "-F" ? NodeRole.Chain : NodeRole.Serve, new NodeFiles(_folder), findings);

    private NodeUrlFindings Fail(string url, string flag)
    {
        var findings = new NodeUrlFindings();
        Assert.Null(Read(url, flag, findings));
        return findings;
    }
}
