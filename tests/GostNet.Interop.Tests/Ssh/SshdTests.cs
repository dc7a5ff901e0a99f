using System.Globalization;
using System.Net;
using System.Net.Sockets;
using GostNet.Interop.Tests.Peers;
using GostNet.Interop.Tests.Targets;
using GostNet.Tests.Shared;

namespace GostNet.Interop.Tests.Ssh;

/// <summary>Our client at OpenSSH's server (ssh, section 6.2).</summary>
public sealed class SshdTests(SshKeys keys) : IClassFixture<SshKeys>
{
    [PeerTheory(Sshd.Program, OpenSsh.KeyMaker)]
    [InlineData("Ciphers chacha20-poly1305@openssh.com")]
    [InlineData("Ciphers aes128-gcm@openssh.com")]
    [InlineData("Ciphers aes256-gcm@openssh.com")]
    [InlineData("Ciphers aes128-ctr")]
    [InlineData("Ciphers aes192-ctr")]
    [InlineData("Ciphers aes256-ctr")]
    [InlineData("Ciphers aes256-ctr", "MACs hmac-sha2-256-etm@openssh.com")]
    [InlineData("Ciphers aes256-ctr", "MACs hmac-sha2-512-etm@openssh.com")]
    [InlineData("Ciphers aes256-ctr", "MACs hmac-sha2-256")]
    [InlineData("Ciphers aes256-ctr", "MACs hmac-sha2-512")]
    [InlineData("KexAlgorithms curve25519-sha256")]
    [InlineData("KexAlgorithms curve25519-sha256@libssh.org")]
    [InlineData("KexAlgorithms ecdh-sha2-nistp256")]
    [InlineData("KexAlgorithms ecdh-sha2-nistp384")]
    [InlineData("KexAlgorithms ecdh-sha2-nistp521")]
    [InlineData("KexAlgorithms diffie-hellman-group14-sha256")]
    [InlineData("KexAlgorithms diffie-hellman-group16-sha512")]
    [InlineData("RekeyLimit 64K")]
    [InlineData("RekeyLimit default 1")]
    [InlineData("ClientAliveInterval 1")]
    [InlineData("PubkeyAcceptedAlgorithms ssh-ed25519")]
    [InlineData("AuthenticationMethods publickey,publickey", "MaxAuthTries 2")]
    public async Task LocalTcp_AgreedOnThis_CarriesConnections(params string[] lines)
    {
        await using PeerProcess sshd = await StartAsync(lines);
        bool wantsTwoKeys = lines[0].StartsWith("AuthenticationMethods", StringComparison.Ordinal);

        await AssertLocalAsync(sshd, await ClientAsync(wantsTwoKeys ? [SshKeys.DefaultKind, "ecdsa-256"] : [SshKeys.DefaultKind]));
    }

    [PeerTheory(Sshd.Program, OpenSsh.KeyMaker)]
    [InlineData("ed25519")]
    [InlineData("ecdsa-256")]
    [InlineData("ecdsa-384")]
    [InlineData("ecdsa-521")]
    [InlineData("rsa-3072")]
    [InlineData("rsa-3072", "HostKeyAlgorithms rsa-sha2-256")]
    public async Task LocalTcp_ServerWithThisHostKey_IsTrusted(string kind, params string[] lines)
    {
        await using PeerProcess sshd = await Sshd.StartAsync([$"HostKey {await keys.HostKeyAsync(kind)}", .. lines, await AuthorizedAsync()]);

        await AssertLocalAsync(sshd, await ClientAsync([SshKeys.DefaultKind], await keys.FingerprintAsync(kind)));
    }

    [PeerTheory(Sshd.Program, OpenSsh.KeyMaker)]
    [InlineData("ed25519")]
    [InlineData("ecdsa-256")]
    [InlineData("ecdsa-384")]
    [InlineData("ecdsa-521")]
    [InlineData("rsa-3072")]
    [InlineData("rsa-3072-PEM")]
    [InlineData("rsa-3072-PKCS8")]
    [InlineData("ecdsa-256-PEM")]
    public async Task LocalTcp_LoggedInWithThisKey_CarriesConnections(string kind)
    {
        await keys.UserKeyAsync(kind);
        await using PeerProcess sshd = await StartAsync();

        await AssertLocalAsync(sshd, await ClientAsync([kind]));
    }

    [PeerFact(Sshd.Program, OpenSsh.KeyMaker)]
    public async Task LocalTcp_KeyThatIsNotAuthorized_IsNotLetIn()
    {
        await using PeerProcess sshd = await Sshd.StartAsync(
            $"HostKey {await keys.HostKeyAsync()}", $"AuthorizedKeysFile {await keys.AuthorizeAsync("restrict", "ecdsa-256")}");
        INetwork far = Through(sshd, await ClientAsync([SshKeys.DefaultKind])).BuildNetwork();

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => far.Dialer.DialAsync(new("127.0.0.1", 1)).OrFail());

        Assert.Equal(ForwardError.AuthenticationFailed, e.Error);
    }

    [PeerFact(Sshd.Program, OpenSsh.KeyMaker)]
    public async Task LocalTcp_AnotherHostKeyThanIsKnown_IsNotTrusted()
    {
        await using PeerProcess sshd = await StartAsync();
        string known = Path.Combine(keys.Directory, "known_other");
        await File.WriteAllTextAsync(
            known, $"[127.0.0.1]:{sshd.Port} {await File.ReadAllTextAsync($"{await keys.UserKeyAsync()}.pub")}");
        SshClientOptions client = (await ClientAsync([SshKeys.DefaultKind])) with { HostKeyPins = [], KnownHostsFiles = [known] };

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(
            () => Through(sshd, client).BuildNetwork().Dialer.DialAsync(new("127.0.0.1", 1)).OrFail());

        Assert.Equal(ForwardError.CertificateRejected, e.Error);
        Assert.Contains(known, e.Message, StringComparison.Ordinal);
    }

    [PeerFact(Sshd.Program, OpenSsh.KeyMaker)]
    public async Task LocalTcp_HostThatIsNotKnown_IsLearntOnce()
    {
        await using TcpTarget target = TcpTarget.Echo();
        await using PeerProcess sshd = await StartAsync();
        string known = Path.Combine(keys.Directory, "known_new");
        SshClientOptions strict = (await ClientAsync([SshKeys.DefaultKind])) with { HostKeyPins = [], KnownHostsFiles = [known] };
        await Assert.ThrowsAsync<ForwardException>(
            () => Through(sshd, strict).BuildNetwork().Dialer.DialAsync(new("127.0.0.1", target.Port)).OrFail());

        await AssertLocalAsync(sshd, strict with { HostKeyCheck = HostKeyCheck.AcceptNew });
        await AssertLocalAsync(sshd, strict);

        string found = await ProgramRun.ToEndAsync(
            OpenSsh.KeyMaker, "-F", string.Create(CultureInfo.InvariantCulture, $"[127.0.0.1]:{sshd.Port}"), "-f", known);
        Assert.Contains((await File.ReadAllTextAsync($"{await keys.HostKeyAsync()}.pub")).Split(' ')[1].TrimEnd(), found, StringComparison.Ordinal);
    }

    [PeerFact(Sshd.Program, OpenSsh.KeyMaker)]
    public async Task LocalTcp_HalfClose_IsCarried()
    {
        await using AnswerTarget target = new();
        await using PeerProcess sshd = await StartAsync();
        await using Forwarder forwarder = await Through(sshd, await ClientAsync([SshKeys.DefaultKind]))
            .LocalTcp(LocalForward.AnyPort, LocalForward.At(target.Port)).StartAsync();

        await AssertAnsweredAsync(target, forwarder.Port());
    }

    [PeerFact(Sshd.Program, OpenSsh.KeyMaker)]
    public async Task RemoteTcp_HalfClose_IsCarried()
    {
        await using AnswerTarget target = new();
        await using PeerProcess sshd = await StartAsync();
        await using Forwarder forwarder = await Through(sshd, await ClientAsync([SshKeys.DefaultKind]))
            .RemoteTcp("localhost:0", LocalForward.At(target.Port)).StartAsync();
        await forwarder.Forwards[0].WaitUntilListeningAsync().OrFail();

        await AssertAnsweredAsync(target, PortOf(forwarder));
    }

    [PeerTheory(Sshd.Program, OpenSsh.KeyMaker)]
    [InlineData("{port} refused", ForwardError.ConnectionRefused, true)]
    [InlineData("name.invalid:80", ForwardError.NameNotResolved, true)]
    [InlineData("127.0.0.1:9", ForwardError.Forbidden, false, "PermitOpen 127.0.0.1:10")]
    [InlineData("127.0.0.1:9", ForwardError.Forbidden, false, "AllowTcpForwarding no")]
    public async Task Dial_TargetIsNotReached_TellsWhyAndWhoIsToBlame(string target, ForwardError error, bool isTargetFault, params string[] lines)
    {
        using ClosedPort closed = new();
        await using PeerProcess sshd = await StartAsync(lines);
        INetwork far = Through(sshd, await ClientAsync([SshKeys.DefaultKind])).BuildNetwork();

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => far.Dialer.DialAsync(
            HostEndPoint.Parse(target == "{port} refused" ? closed.Address : target)).OrFail());

        Assert.Equal((error, isTargetFault), (e.Error, e.IsTargetFault));
    }

    [PeerTheory(Sshd.Program, OpenSsh.KeyMaker)]
    [InlineData("", "GatewayPorts no")]
    [InlineData("", "GatewayPorts clientspecified")]
    [InlineData("localhost", "GatewayPorts yes")]
    [InlineData("127.0.0.1", "GatewayPorts clientspecified")]
    public async Task RemoteTcp_AtAnyPort_CarriesConnections(string host, string line)
    {
        await using TcpTarget target = TcpTarget.Echo();
        await using PeerProcess sshd = await StartAsync(line);
        await using Forwarder forwarder = await Through(sshd, await ClientAsync([SshKeys.DefaultKind]))
            .RemoteTcp($"{host}:0", LocalForward.At(target.Port)).StartAsync();
        await forwarder.Forwards[0].WaitUntilListeningAsync().OrFail();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => ServedSsh.AssertEchoedAsync(PortOf(forwarder)))).OrFail();
    }

    [PeerFact(Sshd.Program, OpenSsh.KeyMaker)]
    public async Task Listen_AtAPort_IsReleasedWithTheListenerAlone()
    {
        await using PeerProcess sshd = await StartAsync();
        INetwork far = Through(sshd, await ClientAsync([SshKeys.DefaultKind])).BuildNetwork();
        int port = FreePort.Next();
        await using IListener other = await far.ListenAsync(new("localhost", 0)).OrFail(); // keeps the session
        for (int i = 0; i < 5; i++)
        {
            await using IListener listener = await far.ListenAsync(new("127.0.0.1", port)).OrFail();
            using Socket peer = await TcpTraffic.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
            await using IConnection? accepted = await listener.AcceptAsync().OrFail();
            Assert.Equal(peer.LocalEndPoint, accepted!.RemoteEndPoint);
        }

        await FreePort.ReleasedAsync(port, SocketType.Stream, ProtocolType.Tcp).OrFail();
    }

    [PeerTheory(Sshd.Program, OpenSsh.KeyMaker)]
    [InlineData("PermitListen localhost:1")]
    [InlineData("AllowTcpForwarding local")]
    public async Task Listen_NotPermitted_SaysWhatMayBeTheReason(string line)
    {
        await using PeerProcess sshd = await StartAsync(line);
        INetwork far = Through(sshd, await ClientAsync([SshKeys.DefaultKind])).BuildNetwork();

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => far.ListenAsync(new("localhost", FreePort.Next())).OrFail());

        Assert.Contains("PermitListen", e.Message, StringComparison.Ordinal);
    }

    [PeerFact(Sshd.Program, OpenSsh.KeyMaker)]
    public async Task Listen_ServerIsKilled_ThrowsAndEndsConnections()
    {
        PeerProcess sshd = await StartAsync();
        INetwork far = Through(sshd, await ClientAsync([SshKeys.DefaultKind])).BuildNetwork();
        await using IListener listener = await far.ListenAsync(new("localhost", 0)).OrFail();
        int port = listener.LocalEndPoint is HostEndPoint name ? name.Port : ((IPEndPoint)listener.LocalEndPoint).Port;
        using Socket peer = await TcpTraffic.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        await using IConnection? accepted = await listener.AcceptAsync().OrFail();

        await sshd.DisposeAsync(); // with the children that serve the session

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => listener.AcceptAsync().OrFail());
        Assert.Equal(ForwardError.ConnectionClosed, e.Error);
    }

    [PeerFact(Sshd.Program, OpenSsh.KeyMaker)]
    public async Task Dial_TwoHundredAtOnce_ReachTheTarget()
    {
        await using TcpTarget target = TcpTarget.Echo();
        await using PeerProcess sshd = await StartAsync();
        await using Forwarder forwarder = await Through(sshd, await ClientAsync([SshKeys.DefaultKind]))
            .LocalTcp(LocalForward.AnyPort, LocalForward.At(target.Port)).StartAsync();

        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => ServedSsh.AssertEchoedAsync(forwarder.Port()))).OrFail();
    }

    private static int PortOf(Forwarder forwarder) => forwarder.Forwards[0].LocalEndPoint switch
    {
        IPEndPoint address => address.Port,
        HostEndPoint name => name.Port,
        _ => -1,
    };

    private static ForwardBuilder Through(PeerProcess sshd, SshClientOptions client) =>
        new ForwardBuilder().ViaSsh($"{Environment.UserName}@{sshd.Address}", client);

    private static async Task AssertLocalAsync(PeerProcess sshd, SshClientOptions client)
    {
        await using TcpTarget target = TcpTarget.Echo();
        await using Forwarder forwarder = await Through(sshd, client).LocalTcp(LocalForward.AnyPort, LocalForward.At(target.Port)).StartAsync();

        await ServedSsh.AssertEchoedAsync(forwarder.Port()).OrFail();
        await ServedSsh.AssertEchoedAsync(forwarder.Port()).OrFail();
    }

    private static async Task AssertAnsweredAsync(AnswerTarget target, int port)
    {
        using Socket client = await TcpTraffic.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        byte[] answer = await AnswerTarget.AskAsync(client).OrFail();
        Assert.Equal(AnswerTarget.Question, await target.Received.OrFail());
        Assert.Equal(AnswerTarget.Answer.Length, answer.Length);
        Assert.Equal(AnswerTarget.Answer, answer);
    }

    private async Task<PeerProcess> StartAsync(params string[] lines) =>
        await Sshd.StartAsync([$"HostKey {await keys.HostKeyAsync()}", .. lines, await AuthorizedAsync()]);

    private async Task<string> AuthorizedAsync()
    {
        await keys.UserKeyAsync(); // so that the file is there
        return $"AuthorizedKeysFile {keys.AuthorizedKeys}";
    }

    private async Task<SshClientOptions> ClientAsync(string[] kinds, string? pin = null)
    {
        List<string> files = [];
        foreach (string kind in kinds)
        {
            files.Add(await keys.UserKeyAsync(kind));
        }

        return new() { KeyFiles = [.. files], AgentSocket = "", HostKeyPins = [pin ?? await keys.FingerprintAsync()] };
    }
}
