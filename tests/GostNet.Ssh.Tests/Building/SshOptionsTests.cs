using System.Net;
using GostNet.Ssh.Building;
using GostNet.Testing;
using GostNet.Tests.Shared;
using Microsoft.Extensions.Options;

namespace GostNet.Ssh.Tests.Building;

/// <summary>The options of the typed verbs: what <see cref="ForwardBuilder.Build"/> says of them, and that nobody changes them
/// afterwards.</summary>
public sealed class SshOptionsTests : IDisposable
{
    private const string Secret = "geheim";
    private readonly SshFolder _folder = new();

    public static TheoryData<string, Action<SshClientOptions>> ClientMistakes() => new()
    {
        { "MaxWindow is 1; write from 65536 to 1073741824", o => o.MaxWindow = 1 },
        { "KeepAliveInterval is 00:00:00; write more than zero, up to 49 days", o => o.KeepAliveInterval = TimeSpan.Zero },
        { "KeepAliveInterval is 50.00:00:00; write more than zero, up to 49 days", o => o.KeepAliveInterval = TimeSpan.FromDays(50) },
        { "KeepAliveMisses is 0; write from 1 to 1000", o => o.KeepAliveMisses = 0 },
        { "KeepAliveMisses is 2147483647; write from 1 to 1000", o => o.KeepAliveMisses = int.MaxValue },
        { "Sessions is 0; write 1 or more", o => o.Sessions = 0 },
        { "HostKeyCheck is 9, which is none of Strict, AcceptNew, None", o => o.HostKeyCheck = (HostKeyCheck)9 },
        { "HostKeyPins: 'x' is not the fingerprint of a key; write SHA256: and what 'ssh-keygen -l' shows behind it", o => o.HostKeyPins = ["x"] },
        { "KnownHostsFiles has no file to check the host key by; name one, or write HostKeyPins", o => o.KnownHostsFiles = [] },
        { "KnownHostsFiles has no file to check the host key by; name one, or write HostKeyPins", o => o.KnownHostsFiles = default },
        { "KeyPassphrase is for a key file, and there is none; write KeyFiles, or leave it out", o => o.KeyPassphrase = Secret },
        { "The private key there-is-none cannot be read: ", o => o.KeyFiles = ["there-is-none"] },
        { "RekeyBytes is 1; write 65536 or more", o => o.Algorithms.RekeyBytes = 1 },
        { "RekeyInterval is 00:00:00; write more than zero, up to 49 days", o => o.Algorithms.RekeyInterval = TimeSpan.Zero },
        { "RekeyInterval is 50.00:00:00; write more than zero, up to 49 days", o => o.Algorithms.RekeyInterval = TimeSpan.FromDays(50) },
        { "KeyExchanges has 'x', which is not known; write some of ", o => o.Algorithms.KeyExchanges = ["x"] },
        { "HostKeys has 'x', which is not known; write some of ", o => o.Algorithms.HostKeys = ["x"] },
        { "Ciphers has 'x', which is not known; write some of ", o => o.Algorithms.Ciphers = ["aes128-ctr", "x"] },
        { "Macs has 'x', which is not known; write some of ", o => o.Algorithms.Macs = ["x"] },
    };

    public static TheoryData<string, Action<SshServerOptions>> ServerMistakes() => new()
    {
        { "there is nobody who may log in; write Authenticator or AuthorizedKeysFile, or AllowAnonymous to let everybody in", o => o.Authenticator = null },
        { "AllowAnonymous lets everybody in, and Authenticator or AuthorizedKeysFile does not; leave out one of them", o => o.AllowAnonymous = true },
        { "the authorized keys of there-is-none cannot be read: ", o => o.AuthorizedKeysFile = "there-is-none" },
        { "PermitOpen: 'x' is no target; write host:port, with * for any", o => o.PermitOpen = "x" },
        { "PermitListen: 'x' is no address to listen at; write port or host:port, with * for any", o => o.PermitListen = "x" },
        { "GatewayPorts is 9, which is none of No, ClientSpecified, Yes", o => o.GatewayPorts = (GatewayPorts)9 },
        { "LoginTimeout is 00:00:00; write more than zero, up to 49 days", o => o.LoginTimeout = TimeSpan.Zero },
        { "LoginTimeout is 50.00:00:00; write more than zero, up to 49 days", o => o.LoginTimeout = TimeSpan.FromDays(50) },
        { "MaxLoginAttempts is 0; write 1 or more", o => o.MaxLoginAttempts = 0 },
        { "MaxClients is 0; write 1 or more", o => o.MaxClients = 0 },
        { "MaxChannels is 0; write 1 or more", o => o.MaxChannels = 0 },
        { "MaxWindow is 0; write from 65536 to 1073741824", o => o.MaxWindow = 0 },
        { "KeepAliveMisses is 1001; write from 1 to 1000", o => o.KeepAliveMisses = 1001 },
        { "RekeyBytes is 0; write 65536 or more", o => o.Algorithms.RekeyBytes = 0 },
        { "no host key can sign by rsa-sha2-512, ssh-rsa; there is ssh-ed25519", o => o.Algorithms.HostKeys = ["rsa-sha2-512", "ssh-rsa"] },
        { "The private key there-is-none cannot be read: ", o => o.HostKeyFiles = ["there-is-none"] },
    };

    [Theory]
    [MemberData(nameof(ClientMistakes))]
    public void Build_AMistakeInAClientsOptions_IsNamed(string expected, Action<SshClientOptions> err)
    {
        var options = new SshClientOptions();
        err(options);

        AssertProblem($"forward+ssh://h:22: {expected}", Builder().LocalTcp(":1", "a:1").ViaSsh("h", options));
        AssertProblem(
            $"socks5+ssh://h:1: {expected}",
            Builder().LocalTcp(":1", "a:1").ViaSocks5("h:1", new() { Transport = ClientTransport.Tcp.Ssh(options) }));
    }

    [Theory]
    [MemberData(nameof(ServerMistakes))]
    public void Build_AMistakeInAServersOptions_IsNamed(string expected, Action<SshServerOptions> err)
    {
        SshServerOptions options = ServerOptions();
        err(options);

        AssertProblem($"forward+ssh://:22: {expected}", Builder().ServeSsh(":22", options));
        if (!expected.StartsWith("Permit", StringComparison.Ordinal))
        {
            AssertProblem(
                $"ssh://:22/a:1: {expected}", Builder().LocalTcp(":22", "a:1", new() { Transport = ServerTransport.Tcp.Ssh(options) }));
        }
    }

    [Fact]
    public void Build_ARuleOfForwardingForATunnel_IsRefused()
    {
        SshServerOptions options = ServerOptions();
        (options.PermitOpen, options.PermitListen, options.GatewayPorts) = ("a:1", "1", GatewayPorts.Yes);

        string problem = Assert.Single(Problems(Builder().LocalTcp(":22", "a:1", new() { Transport = ServerTransport.Tcp.Ssh(options) })));

        foreach (string option in new[] { "PermitOpen", "PermitListen", "GatewayPorts" })
        {
            Assert.Contains($"{option}: it is for port forwarding, and this server only carries tunnels", problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Build_TwoHostKeysOfAKind_AreRefused()
    {
        SshServerOptions options = ServerOptions();
        options.HostKeyFiles = [_folder.CopyKey("id_ecdsa256"), _folder.CopyKey("id_ed25519"), _folder.CopyKey("ecdsa256_sec1.pem")];

        AssertProblem(
            $"{_folder.Of("id_ecdsa256")} and {_folder.Of("ecdsa256_sec1.pem")} are two host keys of the kind ecdsa-sha2-nistp256; leave out one",
            Builder().ServeSsh(":22", options));
    }

    [Fact]
    public void Build_AnEncryptedKeyWithoutItsPassphrase_SaysWhatToWrite()
    {
        string key = _folder.CopyKey("id_ed25519_enc");

        string expected = $"{key}: The private key is encrypted, and no passphrase was given: write KeyPassphrase, or ssh_passphrase in a node URL";
        AssertProblem(expected, Builder().LocalTcp(":1", "a:1").ViaSsh("h", new() { KeyFiles = [key] }));
        AssertProblem(expected, Builder().LocalTcp(":1", "a:1").Via($"forward+ssh://h:1?strict=yes&ssh_key={key}"));
    }

    [Fact]
    public void Build_AnEncryptedKeyWithAWrongPassphrase_SaysSoWithoutIt()
    {
        string key = _folder.CopyKey("id_ed25519_enc");

        foreach (ForwardBuilder builder in new[]
        {
            Builder().LocalTcp(":1", "a:1").ViaSsh("h", new() { KeyFiles = [key], KeyPassphrase = Secret }),
            Builder().LocalTcp(":1", "a:1").Via($"forward+ssh://h:1?strict=yes&ssh_key={key}&ssh_passphrase={Secret}"),
        })
        {
            string problem = Assert.Single(Problems(builder));
            Assert.EndsWith($"{key}: The passphrase does not open the private key.", problem, StringComparison.Ordinal);
            Assert.DoesNotContain(Secret, problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Build_AnEncryptedHostKey_SaysHowToOpenIt()
    {
        SshServerOptions options = ServerOptions();
        options.HostKeyFiles = [_folder.CopyKey("id_ed25519_enc")];

        const string Expected = "the key of a server must not be; ssh-keygen -p -N '' -f FILE opens it";
        AssertProblem(Expected, Builder().ServeSsh(":22", options));
        AssertProblem(Expected, Builder().Serve($"ssh://a:b@:22?ssh_key={options.HostKeyFiles[0]}"));
    }

    [Fact]
    public void Build_WithMistakesElsewhere_MakesNoHostKey()
    {
        SshServerOptions options = ServerOptions();
        (options.HostKeyFiles, options.GeneratedHostKeyFile) = ([], _folder.Of("made"));

        Problems(Builder().ServeSsh(":22", options).LocalTcp(":x", "a:1"));
        Assert.False(File.Exists(_folder.Of("made")));
        Builder().ServeSsh(":22", options).Build();
        Assert.True(File.Exists(_folder.Of("made")));
    }

    [Theory]
    [InlineData("h", "h:22")]
    [InlineData("h:2222", "h:2222")]
    [InlineData("alice@h", "h:22")]
    [InlineData("alice@10.0.0.1:2222", "10.0.0.1:2222")]
    [InlineData("::1", "[::1]:22")]
    [InlineData("[::1]", "[::1]:22")]
    [InlineData("alice@[::1]:2222", "[::1]:2222")]
    [InlineData("alice@2001:db8::7", "[2001:db8::7]:22")]
    public async Task ViaSsh_AnAddress_IsDialledThere(string address, string expected)
    {
        var network = new InMemoryNetwork();
        IDialer dialer = Builder().UseNetwork(network).ViaSsh(address).BuildDialer();

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => dialer.DialAsync(new("a", 1)).OrFail());

        Assert.Equal($"forward+ssh://{expected}", e.Node);
        Assert.Equal([HostEndPoint.Parse(expected)], network.Dials);
    }

    [Theory]
    [InlineData("h:x")]
    [InlineData("h:")]
    [InlineData("h:0")]
    [InlineData("alice@[::1")]
    public void ViaSsh_AnAddressThatCannotBe_IsNamedByBuild(string address)
    {
        string problem = Assert.Single(Problems(Builder().LocalTcp(":1", "a:1").ViaSsh(address)));

        Assert.Contains("the proxy's address cannot be read", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("alice", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alice:geheim@h")]
    [InlineData("@h")]
    [InlineData(":geheim@h")]
    public void ViaSsh_AnAddressWithAPasswordOrWithoutAUser_ThrowsWithoutIt(string address)
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => Builder().ViaSsh(address));

        Assert.Contains("Credential", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Verbs_ALoginInTheWrongPlace_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => Builder().ViaSsh("h", limits: new() { Credential = new("alice", Secret) }));

        const string Expected = "forward+ssh://:22: who may use it is for its transport to say; leave out Authenticator and AllowAnonymous";
        IAuthenticator users = Authenticators.Users(new NetworkCredential("alice", Secret));
        AssertProblem(Expected, Builder().ServeSsh(":22", ServerOptions(), new() { Authenticator = users }));
        AssertProblem(Expected, Builder().ServeSsh(":22", ServerOptions(), new() { AllowAnonymous = true }));
    }

    [Fact]
    public void Verbs_WithoutWhatTheyNeed_Throw()
    {
        Assert.Throws<ArgumentNullException>(() => Builder().ViaSsh(null!));
        Assert.Throws<ArgumentNullException>(() => Builder().ServeSsh(":1", null!));
        Assert.Throws<ArgumentNullException>(() => ServerTransport.Tcp.Ssh(null!));
        Assert.Throws<ArgumentNullException>(() => ServerTransport.Tcp.SshForwarding(null!));
    }

    [Fact]
    public void Build_AnotherProtocolOverSshThatForwards_IsRefused()
    {
        ClientTransport client = ClientTransport.Tcp.SshForwarding();
        ServerTransport server = ServerTransport.Tcp.SshForwarding(ServerOptions());

        AssertProblem("a transport of ssh is told by itself what to reach", Builder().LocalTcp(":1", "a:1").ViaSocks5("h:1", new() { Transport = client }));
        AssertProblem("a transport of ssh is told by itself what to reach", Builder().LocalTcp(":1", "a:1").ViaTunnel("h:1", new() { Transport = client }));
        AssertProblem("clients of a transport of ssh say by itself what they want", Builder().ServeSocks5(":1", new() { Transport = server }));
        AssertProblem("clients of a transport of ssh say by itself what they want", Builder().LocalTcp(":1", "a:1", new() { Transport = server }));
    }

    [Fact]
    public void Transports_OverSsh_CannotBe() =>
        Assert.Throws<InvalidOperationException>(() => ClientTransport.Tcp.Ssh().Tls());

    [Fact]
    public void Snapshots_OfOptionsThatAreChangedAfterwards_AreAsTheyWere()
    {
        var login = new NetworkCredential("alice", "before");
        var client = new SshClientOptions { Credential = login };
        var server = new SshServerOptions { PermitOpen = "a:1" };
        (SshClientOptions clientBefore, SshServerOptions serverBefore) = (client.Snapshot(), server.Snapshot());

        login.Password = "after";
        client.KeyFiles = ["x"];
        client.Algorithms.RekeyBytes = 1;
        server.PermitOpen = "b:1";
        server.Algorithms.Ciphers = ["x"];

        Assert.Equal("before", clientBefore.Credential?.Password);
        Assert.Empty(clientBefore.KeyFiles);
        Assert.Equal(1L << 30, clientBefore.Algorithms.RekeyBytes);
        Assert.Equal("a:1", serverBefore.PermitOpen);
        Assert.Empty(serverBefore.Algorithms.Ciphers);
    }

    [Fact]
    public void Verbs_OptionsThatAreChangedAfterwards_AreTakenAsTheyWere()
    {
        SshServerOptions server = ServerOptions();
        var client = new SshClientOptions();
        var proxy = new ProxyServerOptions();
        ForwardBuilder builder = Builder().ServeSsh(":22", server, proxy).LocalTcp(":1", "a:1").ViaSsh("h", client);
        (server.MaxWindow, client.MaxWindow, proxy.Attempts) = (0, 0, 0);
        server.Algorithms.Ciphers = client.Algorithms.Ciphers = ["x"];

        Assert.Equal(2, builder.Build().Forwards.Count);
    }

    [Fact]
    public void ToString_OfOptionsWithSecrets_DoesNotTellThem()
    {
        var options = new SshClientOptions { Credential = new("alice", Secret), KeyPassphrase = Secret };

        Assert.DoesNotContain(Secret, options.ToString(), StringComparison.Ordinal);
        Assert.Contains("alice", options.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static ForwardBuilder Builder() => new ForwardBuilder().UseSsh();

    private static string[] Problems(ForwardBuilder builder) => [.. Assert.Throws<OptionsValidationException>(builder.Build).Failures];

    private static void AssertProblem(string expected, ForwardBuilder builder) =>
        Assert.Contains(expected, Assert.Single(Problems(builder)), StringComparison.Ordinal);

    private SshServerOptions ServerOptions() => new()
    {
        Authenticator = Authenticators.Users(new NetworkCredential("alice", Secret)),
        HostKeyFiles = [_folder.CopyKey("id_ed25519")],
    };
}
