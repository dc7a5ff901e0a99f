using GostNet.Ssh.Building;
using Microsoft.Extensions.Options;

namespace GostNet.Ssh.Tests.Building;

/// <summary>What a node URL says comes to stand in the options of SSH.</summary>
public sealed class SshNodeReaderTests : IDisposable
{
    private const string Pin = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";
    private readonly SshFolder _folder = new();

    [Fact]
    public void ReadClient_EverythingSaid_IsInTheOptions()
    {
        string key = _folder.CopyKey("id_ed25519_enc");

        SshClientOptions options = ReadClient(
            $"forward+ssh://alice:secret@h:1?ssh_key={key}&ssh_passphrase=pass%26word&ssh_agent={_folder.Of("agent")}&host_key={Pin},{Pin}"
            + "&ping=7s&retry=4&sessions=3&window=100000&ciphers=aes256-ctr, aes128-ctr&macs=hmac-sha2-512&kex=ecdh-sha2-nistp256"
            + "&host_key_algs=rsa-sha2-512&legacy=1&rekey=65536,60");

        Assert.Equal(("alice", "secret"), (options.Credential?.UserName, options.Credential?.Password));
        Assert.Equal(key, Assert.Single(options.KeyFiles));
        Assert.Equal("pass&word", options.KeyPassphrase);
        Assert.Equal(_folder.Of("agent"), options.AgentSocket);
        Assert.Equal($"{Pin},{Pin}", string.Join(',', options.HostKeyPins));
        Assert.Equal(TimeSpan.FromSeconds(7), options.KeepAliveInterval);
        Assert.Equal(5, options.KeepAliveMisses);
        Assert.Equal(3, options.Sessions);
        Assert.Equal(100_000, options.MaxWindow);
        Assert.Equal("aes256-ctr,aes128-ctr", string.Join(',', options.Algorithms.Ciphers));
        Assert.Equal("hmac-sha2-512", Assert.Single(options.Algorithms.Macs));
        Assert.Equal("ecdh-sha2-nistp256", Assert.Single(options.Algorithms.KeyExchanges));
        Assert.Equal("rsa-sha2-512", Assert.Single(options.Algorithms.HostKeys));
        Assert.True(options.Algorithms.AllowLegacy);
        Assert.Equal((65536, TimeSpan.FromMinutes(1)), (options.Algorithms.RekeyBytes, options.Algorithms.RekeyInterval));
    }

    [Theory]
    [InlineData("secure=false")]
    [InlineData("secure=false&ping=0&retry=0&window=0&sessions=0&rekey=0")]
    [InlineData("secure=false&rekey=0,0&legacy=false")]
    public void ReadClient_NothingSaidOrZero_IsTheDefault(string query)
    {
        SshClientOptions options = ReadClient($"ssh://h:1?{query}");
        var expected = new SshClientOptions { HostKeyCheck = HostKeyCheck.None };

        Assert.Equal(string.Join(',', expected.KnownHostsFiles), string.Join(',', options.KnownHostsFiles));
        Assert.Equal(expected with { Algorithms = options.Algorithms, KnownHostsFiles = options.KnownHostsFiles }, options);
        Assert.Equal(new SshAlgorithmOptions(), options.Algorithms);
    }

    [Theory]
    [InlineData("secure=true", HostKeyCheck.Strict)]
    [InlineData("secure=false", HostKeyCheck.None)]
    [InlineData("strict=yes", HostKeyCheck.Strict)]
    [InlineData("strict=accept-new", HostKeyCheck.AcceptNew)]
    [InlineData("strict=no", HostKeyCheck.None)]
    [InlineData("secure=true&strict=accept-new", HostKeyCheck.AcceptNew)]
    [InlineData("secure=false&strict=no", HostKeyCheck.None)]
    [InlineData("", HostKeyCheck.None)] // only UnverifiedPeers.Warn takes it
    public void ReadClient_WhomToTrust_IsTheHostKeyCheck(string query, HostKeyCheck expected) =>
        Assert.Equal(expected, ReadClient($"ssh://h:1?{query}", UnverifiedPeers.Warn).HostKeyCheck);

    [Fact]
    public void ReadClient_AFileOfHostKeys_TakesThePlaceOfTheUsersAndIsStrict()
    {
        string file = _folder.Write("hosts", "");

        SshClientOptions options = ReadClient($"ssh://h:1?known_hosts={file}");
        Assert.Equal((HostKeyCheck.Strict, file), (options.HostKeyCheck, Assert.Single(options.KnownHostsFiles)));
        Assert.Equal(HostKeyCheck.None, ReadClient($"ssh://h:1?known_hosts={file}&secure=false").HostKeyCheck);
        Assert.Equal(
            _folder.Of("new"), Assert.Single(ReadClient($"ssh://h:1?strict=accept-new&known_hosts={_folder.Of("new")}").KnownHostsFiles));
    }

    [Theory]
    [InlineData("secure=true", null)]
    [InlineData("secure=true&ssh_agent=0", "")]
    [InlineData("secure=true&ssh_agent=", "")]
    [InlineData("secure=true&ssh_agent=/run/agent", "/run/agent")]
    public void ReadClient_AnAgent_IsItsSocketOrNone(string query, string? expected) =>
        Assert.Equal(expected, ReadClient($"ssh://h:1?{query}").AgentSocket);

    [Theory]
    [InlineData("forward+ssh", true)]
    [InlineData("direct+ssh", true)]
    [InlineData("remote+ssh", true)]
    [InlineData("ssh", false)]
    [InlineData("tcp+ssh", false)]
    [InlineData("socks5+ssh", false)]
    public void Forwards_OfASchemeOnAChain_IsTrueForPortForwardingAlone(string scheme, bool expected)
    {
        bool? forwards = null;
        Build(b => b.LocalTcp(":1", "a:1").Via($"{scheme}://h:1?secure=true"), node => forwards = node.Forwards);

        Assert.Equal(expected, forwards);
    }

    [Fact]
    public void ReadServer_EverythingSaid_IsInTheOptions()
    {
        string key = _folder.CopyKey("id_ed25519");
        string users = _folder.Write("keys", SshFolder.LineOf("ed25519"));

        SshServerOptions options = ReadServer(
            $"forward+ssh://alice:secret@:1?ssh_key={key}&ssh_authorized_keys={users}&gateway_ports=clientspecified&permitopen=a:1,b:*"
            + "&permitlisten=8080&window=100000&ciphers=aes256-ctr&macs=hmac-sha2-512&kex=ecdh-sha2-nistp256&host_key_algs=ssh-ed25519"
            + "&legacy=true&rekey=65536,60");

        Assert.Equal(key, Assert.Single(options.HostKeyFiles));
        Assert.Equal(users, options.AuthorizedKeysFile);
        Assert.True(options.Authenticator!.Authenticate("alice", "secret"));
        Assert.False(options.Authenticator.Authenticate("alice", "Secret"));
        Assert.False(options.AllowAnonymous);
        Assert.Equal((GatewayPorts.ClientSpecified, "a:1,b:*", "8080"), (options.GatewayPorts, options.PermitOpen, options.PermitListen));
        Assert.Equal(100_000, options.MaxWindow);
        Assert.Equal("aes256-ctr", Assert.Single(options.Algorithms.Ciphers));
        Assert.Equal("hmac-sha2-512", Assert.Single(options.Algorithms.Macs));
        Assert.Equal("ecdh-sha2-nistp256", Assert.Single(options.Algorithms.KeyExchanges));
        Assert.Equal("ssh-ed25519", Assert.Single(options.Algorithms.HostKeys));
        Assert.True(options.Algorithms.AllowLegacy);
        Assert.Equal((65536, TimeSpan.FromMinutes(1)), (options.Algorithms.RekeyBytes, options.Algorithms.RekeyInterval));
    }

    [Theory]
    [InlineData("forward+ssh://:1")]
    [InlineData("ssh://:1")]
    [InlineData("ssh://:1/target:1")]
    [InlineData("socks4+ssh://:1")]
    public void ReadServer_NothingSaid_IsTheDefaultForEverybody(string url)
    {
        SshServerOptions options = ReadServer(url, UnverifiedPeers.Warn);

        Assert.Equal(new SshServerOptions { AllowAnonymous = true, Algorithms = options.Algorithms }, options);
    }

    [Theory]
    [InlineData("ssh")]
    [InlineData("forward+ssh")]
    [InlineData("http+ssh")]
    [InlineData("socks5+ssh")]
    [InlineData("socks4+ssh")]
    [InlineData("sni+ssh")]
    [InlineData("ss+ssh")]
    public void ReadServer_ALogin_IsAskedForBySshWhateverIsOverIt(string scheme)
    {
        IAuthenticator? users = ReadServer($"{scheme}://chacha20-ietf-poly1305:secret@:1").Authenticator;

        Assert.NotNull(users);
        Assert.True(users.Authenticate("chacha20-ietf-poly1305", "secret"));
        Assert.False(users.Authenticate("chacha20-ietf-poly1305", "guess"));
    }

    [Fact]
    public void ReadServer_AKeyAndCertificateAsForGost_IsTheHostKey()
    {
        string key = _folder.CopyKey("ecdsa256_pkcs8.pem");

        Assert.Equal(key, Assert.Single(ReadServer($"ssh://a:b@:1?cert={_folder.Write("cert.pem", "")}&key={key}").HostKeyFiles));
    }

    public void Dispose() => _folder.Dispose();

    private static SshClientOptions ReadClient(string url, UnverifiedPeers unverified = UnverifiedPeers.Refuse)
    {
        SshClientOptions? options = null;
        Build(
            b => b.UseUnverifiedPeers(unverified).LocalTcp(":1", "a:1").Via(url),
            node => options = new SshNodeReader(node).ReadClient());
        return options!;
    }

    private static SshServerOptions ReadServer(string url, UnverifiedPeers unverified = UnverifiedPeers.Refuse)
    {
        SshServerOptions? options = null;
        Build(b => b.UseUnverifiedPeers(unverified).Serve(url), node => options = new SshNodeReader(node).ReadServer());
        return options!;
    }

    /// <summary>Reads a URL by the parameters of SSH. What is made of it plays no part.</summary>
    private static void Build(Func<ForwardBuilder, ForwardBuilder> describe, Action<TransportNode> read)
    {
        ForwardBuilder builder = describe(new ForwardBuilder().UseTransport(SshScheme.Create() with
        {
            Client = node =>
            {
                read(node);
                throw new ArgumentException("That was all.");
            },
            Server = node =>
            {
                read(node);
                throw new ArgumentException("That was all.");
            },
        }));
        string failure = Assert.Single(Assert.Throws<OptionsValidationException>(builder.Build).Failures);
        Assert.EndsWith(": That was all.", failure, StringComparison.Ordinal);
    }
}
