using GostNet.Tests.Shared;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GostNet.Ssh.Tests.Building;

/// <summary>What is wrong with SSH in a configuration is what <see cref="ForwardBuilder.Build"/> says: once, by the name of what was
/// written, and without secrets.</summary>
public sealed class SshProblemsTests : IDisposable
{
    private const string Secret = "geheim";
    private const string Pin = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";
    private readonly SshFolder _folder = new();
    private readonly RecordingLoggerFactory _log = new();

    [Theory]
    [InlineData("ciphers=aes128-cbc", "parameter 'ciphers' has 'aes128-cbc', which is not known; write some of aes128-gcm@openssh.com, ")]
    [InlineData("macs=hmac-md5", "parameter 'macs' has 'hmac-md5', which is not known; write some of hmac-sha2-256-etm@openssh.com, ")]
    [InlineData("kex=curve25519-sha256,x", "parameter 'kex' has 'x', which is not known; write some of ")]
    [InlineData("host_key_algs=ssh-dss", "parameter 'host_key_algs' has 'ssh-dss', which is not known; write some of ssh-ed25519, ")]
    [InlineData("ciphers=,", "parameter 'ciphers' has no name in it; write some with commas, or leave it out")]
    [InlineData("kex=", "parameter 'kex' has no name in it; ")]
    [InlineData("legacy=maybe", "parameter 'legacy' is 'maybe'; write true or false")]
    [InlineData("rekey=1G", "parameter 'rekey' is '1G'; write bytes, or bytes,seconds")]
    [InlineData("rekey=65536,1,2", "parameter 'rekey' is '65536,1,2'; write bytes, or bytes,seconds")]
    [InlineData("rekey=65536,-1", "parameter 'rekey' is '65536,-1'; write bytes, or bytes,seconds")]
    [InlineData("rekey=65535", "parameter 'rekey' is 65535; write 65536 or more")]
    [InlineData("rekey=0,4294967295", "parameter 'rekey' is 49710.06:28:15; write more than zero, up to 49 days")]
    [InlineData("window=65535", "parameter 'window' is 65535; write from 65536 to 1073741824")]
    [InlineData("window=1073741825", "parameter 'window' is 1073741825; write from 65536 to 1073741824")]
    [InlineData("window=many", "parameter 'window' is 'many'; write a whole number such as 3")]
    public void Build_AValueThatNeitherEndCanHave_IsNamed(string query, string expected)
    {
        AssertProblem($"forward+ssh://alice:{Secret}@h:1?secure=true&{query}", isServed: false, expected);
        AssertProblem($"ssh://alice:{Secret}@h:1?secure=true&{query}", isServed: false, expected);
        AssertProblem($"forward+ssh://alice:{Secret}@:1?{query}", isServed: true, expected);
        AssertProblem($"ssh://alice:{Secret}@:1/a:1?{query}", isServed: true, expected);
        AssertProblem($"socks5+ssh://alice:{Secret}@:1?{query}", isServed: true, expected);
    }

    [Theory]
    [InlineData("secure=maybe", "parameter 'secure' is 'maybe'; write true or false")]
    [InlineData("strict=perhaps", "parameter 'strict' is 'perhaps'; write yes, accept-new or no")]
    [InlineData("strict=no&secure=true", "parameters 'secure' and 'strict' contradict each other; leave out one of them")]
    [InlineData("strict=yes&secure=false", "parameters 'secure' and 'strict' contradict each other; leave out one of them")]
    [InlineData("host_key=", "parameter 'host_key': '' is not the fingerprint of a key; write SHA256: and what 'ssh-keygen -l' shows behind it")]
    [InlineData("host_key=MD5:aa", "parameter 'host_key': 'MD5:aa' is not the fingerprint of a key; ")]
    [InlineData("host_key=" + Pin + ",x", "parameter 'host_key': 'x' is not the fingerprint of a key; ")]
    [InlineData("strict=yes&host_key=" + Pin, "parameter 'strict' means nothing beside 'host_key', by which alone the server is verified; ")]
    [InlineData("secure=false&host_key=" + Pin, "parameter 'secure' is false, and 'host_key' verifies the server; leave out one of them")]
    [InlineData("known_hosts=there-is-none", "parameter 'known_hosts' is 'there-is-none': there is no such file; ")]
    [InlineData("strict=yes&ssh_key=there-is-none", "parameter 'ssh_key' is 'there-is-none': there is no such file; ")]
    [InlineData("strict=yes&ssh_passphrase=" + Secret, "parameter 'ssh_passphrase' is for a key file, and there is none; write parameter 'ssh_key'")]
    [InlineData("strict=yes&retry=1000", "parameter 'retry' is 1000; write 999 or less")]
    [InlineData("strict=yes&retry=-1", "parameter 'retry' is '-1'; write a whole number such as 3")]
    [InlineData("strict=yes&ping=often", "parameter 'ping' is 'often'; write a duration such as 30s")]
    [InlineData("strict=yes&ping=2000h", "parameter 'ping' is 83.08:00:00; write more than zero, up to 49 days")]
    [InlineData("strict=yes&sessions=x", "parameter 'sessions' is 'x'; write a whole number such as 3")]
    [InlineData("strict=yes&timeout=x", "parameter 'timeout' is 'x'; write a duration such as 30s")]
    public void Build_AValueThatAClientCannotHave_IsNamed(string query, string expected)
    {
        AssertProblem($"forward+ssh://alice:{Secret}@h:1?{query}", isServed: false, expected);
        AssertProblem($"tcp+ssh://alice:{Secret}@h:1?{query}", isServed: false, expected);
    }

    [Theory]
    [InlineData("gateway_ports=maybe", "parameter 'gateway_ports' is 'maybe'; write no, clientspecified or yes")]
    [InlineData("permitopen=host", "parameter 'permitopen': 'host' is no target; write host:port, ")]
    [InlineData("permitlisten=host:x", "parameter 'permitlisten': 'host:x' is no address to listen at; write port or host:port, ")]
    [InlineData("whitelist=x", "parameter 'whitelist' is 'x'; write actions:hosts:ports, ")]
    [InlineData("blacklist=x", "parameter 'blacklist' is 'x'; write actions:hosts:ports, ")]
    [InlineData("ssh_key=there-is-none", "parameter 'ssh_key' is 'there-is-none': there is no such file; ")]
    [InlineData("ssh_authorized_keys=there-is-none", "parameter 'ssh_authorized_keys' is 'there-is-none': there is no such file; ")]
    [InlineData("secrets=there-is-none", "parameter 'secrets' is 'there-is-none': there is no such file; ")]
    public void Build_AValueThatAForwardingServerCannotHave_IsNamed(string query, string expected) =>
        AssertProblem($"forward+ssh://alice:{Secret}@:1?{query}", isServed: true, expected);

    [Theory]
    [InlineData("permitopen=a:1", "parameter 'permitopen': it is for port forwarding, and this server only carries tunnels; leave it out")]
    [InlineData("permitlisten=1", "parameter 'permitlisten': it is for port forwarding, and this server only carries tunnels; leave it out")]
    [InlineData("gateway_ports=yes", "parameter 'gateway_ports': it is for port forwarding, and this server only carries tunnels; leave it out")]
    public void Build_ARuleOfForwardingForATunnel_IsRefused(string query, string expected)
    {
        AssertProblem($"ssh://alice:{Secret}@:1?{query}", isServed: true, expected);
        AssertProblem($"ssh://alice:{Secret}@:1/a:1?{query}", isServed: true, expected);
        AssertProblem($"socks5+ssh://alice:{Secret}@:1?{query}", isServed: true, expected);
    }

    [Theory]
    [InlineData("ssh_passphrase=" + Secret)]
    [InlineData("ssh_agent=0")]
    [InlineData("host_key=" + Pin)]
    [InlineData("known_hosts=x")]
    [InlineData("strict=no")]
    [InlineData("secure=false")]
    public void Build_AParameterOfClientsOnAServer_IsRefused(string query)
    {
        AssertProblem($"forward+ssh://alice:{Secret}@:1?{query}", isServed: true, CannotBeHonoured(query, "forward+ssh"));
        AssertProblem($"ssh://alice:{Secret}@:1?{query}", isServed: true, CannotBeHonoured(query, "ssh"));
    }

    [Theory]
    [InlineData("permitopen=a:1")]
    [InlineData("permitlisten=1")]
    [InlineData("gateway_ports=no")]
    [InlineData("whitelist=tcp:*:*")]
    public void Build_AParameterOfServersOnAChain_IsRefused(string query) =>
        AssertProblem($"forward+ssh://alice:{Secret}@h:1?secure=true&{query}", isServed: false, CannotBeHonoured(query, "forward+ssh"));

    [Theory]
    [InlineData("ssh_passphrase=" + Secret)]
    [InlineData("ssh_agent=0")]
    [InlineData("host_key=" + Pin)]
    [InlineData("known_hosts=x")]
    [InlineData("strict=no")]
    [InlineData("ciphers=aes128-ctr")]
    [InlineData("kex=x")]
    [InlineData("macs=x")]
    [InlineData("host_key_algs=x")]
    [InlineData("legacy=true")]
    public void Build_AParameterThatGuardsOverAnotherTransport_IsRefused(string query) =>
        AssertProblem($"socks5+tls://alice:{Secret}@h:1?secure=true&{query}", isServed: false, CannotBeHonoured(query, "socks5+tls"));

    [Theory]
    [InlineData("permitopen=a:1")]
    [InlineData("permitlisten=1")]
    [InlineData("gateway_ports=no")]
    [InlineData("ciphers=aes128-ctr")]
    [InlineData("legacy=true")]
    public void Build_AParameterThatGuardsOnAServerOfAnotherTransport_IsRefused(string query) =>
        AssertProblem($"socks5://alice:{Secret}@:1?{query}", isServed: true, CannotBeHonoured(query, "socks5"));

    [Theory]
    [InlineData("socks5+tls://h:1?secure=true&window=70000", "window")]
    [InlineData("socks5+tls://h:1?secure=true&rekey=70000", "rekey")]
    [InlineData("socks5+tls://h:1?secure=true&ping=10", "ping")]
    public void Build_AnOrdinaryParameterOverAnotherTransport_Warns(string url, string parameter)
    {
        Builder().LocalTcp(":1", "a:1").Via(url).Build();

        Assert.Equal([$"socks5+tls://h:1?{url.Split('?')[1]}: parameter '{parameter}' has no effect on socks5+tls"], Warnings());
    }

    [Fact]
    public void Build_SeveralMistakes_AreAllNamed()
    {
        string client = Assert.Single(Problems(
            Builder().LocalTcp(":1", "a:1").Via("forward+ssh://h:1?strict=x&rekey=y&ciphers=z&window=1&retry=5000&host_key=")));
        foreach (string parameter in new[] { "strict", "rekey", "ciphers", "window", "retry", "host_key" })
        {
            Assert.Contains($"parameter '{parameter}'", client, StringComparison.Ordinal);
        }

        Assert.Equal(2, Problems(Builder().Serve("ssh://a:b@:1?window=1").Serve("forward+ssh://a:b@:2?gateway_ports=x")).Length);
    }

    [Fact]
    public void Build_AMistakeOfANodeWithSeveralAddresses_IsNamedOnce() =>
        AssertProblem("forward+ssh://h:1?ip=10.0.0.1,10.0.0.2,10.0.0.3&strict=maybe", isServed: false, "parameter 'strict' is 'maybe'; ");

    [Theory]
    [InlineData("forward+ssh://h:1", "write secure=true to verify it, or secure=false not to; host_key and known_hosts say by what. GOST takes it ")]
    [InlineData("socks5+ssh://h:1?ping=3", "write secure=true to verify it, or secure=false not to; host_key and known_hosts say by what. GOST takes it ")]
    public void Build_AChainThatLeavesOpenWhomItTrusts_IsRefusedOrWarnedOf(string url, string expected)
    {
        AssertProblem(url, isServed: false, expected);
        Builder().UseUnverifiedPeers(UnverifiedPeers.Warn).LocalTcp(":1", "a:1").Via(url).Build();
        Assert.Contains("it does not say whether the server is to be verified", Assert.Single(Warnings()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("forward+ssh://h:1?secure=true")]
    [InlineData("direct+ssh://h:1?secure=false")]
    [InlineData("remote+ssh://h:1?strict=accept-new")]
    [InlineData("ssh://h:1?strict=no")]
    [InlineData("tcp+ssh://h:1?host_key=" + Pin)]
    [InlineData("ss+ssh://chacha20-ietf-poly1305:p@h:1?secure=true&host_key=" + Pin)]
    [InlineData("forward+ssh://h:1?secure=true&ping=10&retry=2&timeout=9&sessions=2&window=70000&rekey=70000")]
    public void Build_AChainThatSaysWhomItTrusts_IsTakenWithoutAWord(string url)
    {
        Builder().LocalTcp(":1", "a:1").Via(url).Build();

        Assert.Empty(Warnings());
    }

    [Theory]
    [InlineData("forward+ssh://:1")]
    [InlineData("ssh://:1")]
    [InlineData("ssh://:1/a:1")]
    [InlineData("socks4+ssh://:1")]
    public void Build_AServerForEverybody_IsRefusedOrWarnedOf(string url)
    {
        string expected = "it serves everybody who can reach it; write user:password@ or ssh_authorized_keys=FILE to ask for a login";
        AssertProblem(url, isServed: true, expected);

        url = $"{url}?ssh_key={_folder.CopyKey("id_ed25519")}";
        Builder().UseUnverifiedPeers(UnverifiedPeers.Warn).Serve(url).Build();
        Assert.Contains(expected, Assert.Single(Warnings()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("forward+ssh://:1")]
    [InlineData("ssh://:1")]
    [InlineData("ssh://:1/a:1")]
    [InlineData("socks5+ssh://:1")]
    [InlineData("sni+ssh://:1")]
    public void Build_AServerWithKeysAlone_HasALogin(string url)
    {
        string keys = _folder.Write("keys", SshFolder.LineOf("ecdsa256"));

        Builder().Serve($"{url}?ssh_authorized_keys={keys}&ssh_key={_folder.CopyKey("id_ed25519")}").Build();

        Assert.Empty(Warnings());
    }

    [Fact]
    public void Build_AServerWithTwoWordsForItsHostKey_IsRefused()
    {
        string key = _folder.CopyKey("ecdsa256_pkcs8.pem");

        AssertProblem(
            $"ssh://a:b@:1?ssh_key={key}&cert={_folder.Write("cert.pem", "")}&key={key}",
            isServed: true,
            "parameters 'ssh_key' and 'key' are both for the host key; leave out 'cert' and 'key'");
    }

    [Theory]
    [InlineData("forward+ssh://alice:geheim@h:x?ssh_passphrase=geheim&strict=yes")]
    [InlineData("forward+ssh://alice:geheim@h:1?ssh_passphrase=geheim&window=x")]
    [InlineData("forward+ssh://alice:geheim@h:1?ssh_passphrase=geheim&strict=x")]
    [InlineData("forward+ssh://alice:geheim@h:1?strict=yes&ssh_passphrase=geh@eim geheim&window=x")]
    [InlineData("forward+ssh://alice:geheim@h:1?ssh_pasphrase=geheim&strict=x")]
    public void Build_AUrlWithSecretsAndAMistake_DoesNotTellThem(string url)
    {
        string problems = string.Join('\n', Problems(Builder().LocalTcp(":1", "a:1").Via(url)));

        Assert.DoesNotContain(Secret, problems, StringComparison.Ordinal);
        Assert.DoesNotContain("eim", problems, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_AMisspeltPassphrase_IsWarnedOfWithoutIt()
    {
        Builder().LocalTcp(":1", "a:1").Via($"forward+ssh://h:1?strict=yes&ssh_pass_phrase={Secret}").Build();

        Assert.Contains("parameter 'ssh_pass_phrase' is not known", Assert.Single(Warnings()), StringComparison.Ordinal);
        Assert.DoesNotContain(_log.Entries, entry => entry.Message.Contains(Secret, StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    private static string CannotBeHonoured(string query, string scheme) =>
        $"parameter '{query.Split('=')[0]}' cannot be honoured by {scheme}, and would be ignored; leave it out";

    private static string[] Problems(ForwardBuilder builder) => [.. Assert.Throws<OptionsValidationException>(builder.Build).Failures];

    private ForwardBuilder Builder() => new ForwardBuilder().UseSsh().UseLoggerFactory(_log);

    private IEnumerable<string> Warnings() => _log.Entries.Where(entry => entry.Level == LogLevel.Warning).Select(entry => entry.Message);

    private void AssertProblem(string url, bool isServed, string expected)
    {
        string problem = Assert.Single(Problems(isServed ? Builder().Serve(url) : Builder().LocalTcp(":1", "a:1").Via(url)));

        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.Equal(2, problem.Split(expected).Length); // once
        Assert.DoesNotContain(Secret, problem, StringComparison.Ordinal);
    }
}
