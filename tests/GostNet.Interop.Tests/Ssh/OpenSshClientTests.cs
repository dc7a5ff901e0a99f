using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using GostNet.Interop.Tests.Peers;
using GostNet.Interop.Tests.Targets;
using GostNet.Tests.Shared;

namespace GostNet.Interop.Tests.Ssh;

/// <summary>OpenSSH's client at a server of ours (ssh, section 6.1).</summary>
public sealed partial class OpenSshClientTests(SshKeys keys) : IClassFixture<SshKeys>
{
    private const string Ncat = "ncat";
    private const string Keyscan = "ssh-keyscan";

    [PeerTheory(OpenSshClient.Program, OpenSsh.KeyMaker)]
    [InlineData("-c", "chacha20-poly1305@openssh.com")]
    [InlineData("-c", "aes128-gcm@openssh.com")]
    [InlineData("-c", "aes256-gcm@openssh.com")]
    [InlineData("-c", "aes128-ctr")]
    [InlineData("-c", "aes192-ctr")]
    [InlineData("-c", "aes256-ctr")]
    [InlineData("-c", "aes256-ctr", "-m", "hmac-sha2-256-etm@openssh.com")]
    [InlineData("-c", "aes256-ctr", "-m", "hmac-sha2-512-etm@openssh.com")]
    [InlineData("-c", "aes256-ctr", "-m", "hmac-sha2-256")]
    [InlineData("-c", "aes256-ctr", "-m", "hmac-sha2-512")]
    [InlineData("-o", "KexAlgorithms=curve25519-sha256")]
    [InlineData("-o", "KexAlgorithms=curve25519-sha256@libssh.org")]
    [InlineData("-o", "KexAlgorithms=ecdh-sha2-nistp256")]
    [InlineData("-o", "KexAlgorithms=ecdh-sha2-nistp384")]
    [InlineData("-o", "KexAlgorithms=ecdh-sha2-nistp521")]
    [InlineData("-o", "KexAlgorithms=diffie-hellman-group14-sha256")]
    [InlineData("-o", "KexAlgorithms=diffie-hellman-group16-sha512")]
    [InlineData("-o", "RekeyLimit=64K")]
    [InlineData("-o", "RekeyLimit=256K 1")]
    [InlineData("-o", "ServerAliveInterval=1", "-o", "ServerAliveCountMax=2")]
    [InlineData("-C")]
    public async Task Local_AgreedOnThis_CarriesConnections(params string[] options)
    {
        await using Forwarder server = await ServedSsh.ServeAsync(keys);

        await AssertLocalAsync(new(server.Port(), keys), options);
    }

    [PeerTheory(OpenSshClient.Program, OpenSsh.KeyMaker)]
    [InlineData("ed25519", "ssh-ed25519")]
    [InlineData("ecdsa-256", "ecdsa-sha2-nistp256")]
    [InlineData("ecdsa-384", "ecdsa-sha2-nistp384")]
    [InlineData("ecdsa-521", "ecdsa-sha2-nistp521")]
    [InlineData("rsa-3072", "rsa-sha2-512")]
    [InlineData("rsa-3072", "rsa-sha2-256")]
    public async Task Local_WithThisHostKey_CarriesConnections(string kind, string algorithm)
    {
        await using Forwarder server = await ServedSsh.ServeAsync(keys, hostKeys: SshKeys.Kinds.Where(k => k == kind));

        await AssertLocalAsync(new(server.Port(), keys), "-o", $"HostKeyAlgorithms={algorithm}");
    }

    [PeerTheory(OpenSshClient.Program, OpenSsh.KeyMaker)]
    [InlineData("ed25519")]
    [InlineData("ecdsa-256")]
    [InlineData("ecdsa-384")]
    [InlineData("ecdsa-521")]
    [InlineData("rsa-3072")]
    [InlineData("rsa-3072", "-o", "PubkeyAcceptedAlgorithms=rsa-sha2-256")]
    public async Task Local_LoggedInWithThisKey_CarriesConnections(string kind, params string[] options)
    {
        await keys.UserKeyAsync(kind); // so that the server knows it
        await using Forwarder server = await ServedSsh.ServeAsync(keys);

        await AssertLocalAsync(new(server.Port(), keys) { Key = kind }, options);
    }

    [PeerFact(OpenSshClient.Program, OpenSsh.KeyMaker)]
    public async Task Login_WithTheRightPassword_IsLetIn()
    {
        await using TcpTarget target = TcpTarget.Echo();
        await using Forwarder server = await ServeWithPasswordAsync();
        int port = FreePort.Next();
        await using ProgramRun ssh = await new OpenSshClient(server.Port(), keys).StartWithPasswordAsync(
            ServedSsh.UserName, ServedSsh.Password, "-N", "-L", ServedSsh.Leads(port, target.Port));

        await ssh.ListensAsync(port);

        await ServedSsh.AssertEchoedAsync(port).OrFail();
    }

    [PeerFact(OpenSshClient.Program, OpenSsh.KeyMaker)]
    public async Task Login_WithTheWrongPassword_IsNotLetIn()
    {
        await using Forwarder server = await ServeWithPasswordAsync();
        await using ProgramRun ssh = await new OpenSshClient(server.Port(), keys).StartWithPasswordAsync(
            ServedSsh.UserName, "wrong-password", "-N");

        (int exitCode, string output) = await ssh.EndedAsync();

        Assert.Equal(255, exitCode);
        Assert.Contains("Permission denied", output, StringComparison.Ordinal);
    }

    [PeerFact(OpenSshClient.Program, OpenSsh.KeyMaker)]
    public async Task Login_WithAKeyThatIsNotAuthorized_IsNotLetIn()
    {
        await using Forwarder server = await ServedSsh.ServeAsync(keys, new() { AuthorizedKeysFile = await keys.AuthorizeAsync("restrict", "ecdsa-256") });
        await using ProgramRun ssh = await new OpenSshClient(server.Port(), keys).StartAsync("-N");

        (int exitCode, string output) = await ssh.EndedAsync();

        Assert.Equal(255, exitCode);
        Assert.Contains("Permission denied", output, StringComparison.Ordinal);
    }

    [PeerFact(OpenSshClient.Program, OpenSsh.KeyMaker)]
    public async Task Local_HalfClose_IsCarried() => await AssertHalfCloseAsync(isRemote: false);

    [PeerFact(OpenSshClient.Program, OpenSsh.KeyMaker)]
    public async Task Remote_HalfClose_IsCarried() => await AssertHalfCloseAsync(isRemote: true);

    [PeerFact(OpenSshClient.Program, OpenSsh.KeyMaker)]
    public async Task Local_ClosedTarget_IsAnOpenFailure()
    {
        using ClosedPort closed = new();
        await using Forwarder server = await ServedSsh.ServeAsync(keys);
        int port = FreePort.Next();
        await using ProgramRun ssh = await new OpenSshClient(server.Port(), keys).StartAsync("-N", "-L", $"127.0.0.1:{port}:{closed.Address}");
        await ssh.ListensAsync(port);

        using Socket client = await TcpTraffic.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));

        await ssh.PrintedAsync("open failed: connect failed: Connection refused").OrFail();
        Assert.Equal(0, await AnswerTarget.CountAsync(client).OrFail());
    }

    [PeerFact(OpenSshClient.Program, OpenSsh.KeyMaker)]
    public async Task Remote_AFixedPort_CarriesConnections()
    {
        await using TcpTarget target = TcpTarget.Echo();
        await using Forwarder server = await ServedSsh.ServeAsync(keys);
        int port = FreePort.Next();
        await using (ProgramRun ssh = await new OpenSshClient(server.Port(), keys).StartAsync("-N", "-R", ServedSsh.Leads(port, target.Port)))
        {
            await ssh.ListensAsync(port, Environment.ProcessId);

            await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => ServedSsh.AssertEchoedAsync(port))).OrFail();
        }

        await FreePort.ReleasedAsync(port, SocketType.Stream, ProtocolType.Tcp).OrFail(); // with its client
    }

    [PeerFact(OpenSshClient.Program, OpenSsh.KeyMaker)]
    public async Task Remote_AnyPort_IsTold()
    {
        await using TcpTarget target = TcpTarget.Echo();
        await using Forwarder server = await ServedSsh.ServeAsync(keys);
        await using ProgramRun ssh = await new OpenSshClient(server.Port(), keys).StartAsync(
            "-N", "-R", string.Create(CultureInfo.InvariantCulture, $"0:127.0.0.1:{target.Port}"));

        await ssh.PrintedAsync("Allocated port ").OrFail();

        int port = int.Parse(AllocatedPort().Match(ssh.Output).Groups[1].Value, CultureInfo.InvariantCulture);
        await ServedSsh.AssertEchoedAsync(port).OrFail();
    }

    [PeerFact(OpenSshClient.Program, OpenSsh.KeyMaker)]
    public async Task Remote_ATakenPort_IsRefused()
    {
        await using TcpTarget target = TcpTarget.Echo();
        await using Forwarder server = await ServedSsh.ServeAsync(keys);
        await using ProgramRun ssh = await new OpenSshClient(server.Port(), keys).StartAsync("-N", "-R", ServedSsh.Leads(target.Port, target.Port));

        (int exitCode, string output) = await ssh.EndedAsync();

        Assert.Equal(255, exitCode);
        Assert.Contains("remote port forwarding failed for listen port", output, StringComparison.Ordinal);
    }

    [PeerFact(OpenSshClient.Program, OpenSsh.KeyMaker)]
    public async Task LocalAndRemote_OverIPv6_CarryConnections()
    {
        if (!Socket.OSSupportsIPv6)
        {
            return; // there is nothing to try
        }

        await using TcpTarget target = TcpTarget.Echo();
        await using Forwarder server = await ServedSsh.ServeAsync(keys, listen: "[::1]:0");
        int local = FreePort.Next();
        int remote = FreePort.Next();
        await using ProgramRun ssh = await new OpenSshClient(server.Port(), keys) { Host = "::1" }.StartAsync(
            "-N", "-L", $"127.0.0.1:{local}:[::1]:{remote}", "-R", $"[::1]:{remote}:127.0.0.1:{target.Port}");
        await ssh.ListensAsync(local);
        await ssh.ListensAsync(remote, Environment.ProcessId);

        await ServedSsh.AssertEchoedAsync(local).OrFail();
    }

    [PeerTheory(OpenSshClient.Program, OpenSsh.KeyMaker, Ncat)]
    [InlineData("socks5", false)]
    [InlineData("socks4", false)]
    [InlineData("socks5", true)]
    public async Task Dynamic_OfSocks_ReachesTheTarget(string type, bool isRemote)
    {
        await using TcpTarget target = TcpTarget.Greeting("hello from the target"u8.ToArray());
        await using Forwarder server = await ServedSsh.ServeAsync(keys);
        int port = FreePort.Next();
        await using ProgramRun ssh = await new OpenSshClient(server.Port(), keys).StartAsync(
            "-N", isRemote ? "-R" : "-D", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"));
        await ssh.ListensAsync(port, isRemote ? Environment.ProcessId : null);

        string output = await ProgramRun.ToEndAsync(
            Ncat, "--proxy", LocalForward.At(port), "--proxy-type", type, "127.0.0.1", target.Port.ToString(CultureInfo.InvariantCulture));

        Assert.Equal("hello from the target", output.TrimEnd());
    }

    [PeerFact(OpenSshClient.Program, OpenSsh.KeyMaker, Curl.Program)]
    public async Task Dynamic_OfAName_IsResolvedByTheServer()
    {
        await using TcpTarget target = new(stream => stream.WriteAsync("HTTP/1.0 200 OK\r\n\r\nhello"u8.ToArray()).AsTask());
        await using Forwarder server = await ServedSsh.ServeAsync(keys);
        int port = FreePort.Next();
        await using ProgramRun ssh = await new OpenSshClient(server.Port(), keys).StartAsync("-N", "-D", LocalForward.At(port));
        await ssh.ListensAsync(port);

        (int exitCode, string output) = await Curl.RunAsync(
            [.. Curl.Through(CurlProxy.Socks5Hostname, port), string.Create(CultureInfo.InvariantCulture, $"http://localhost:{target.Port}/")]);

        Assert.Equal((0, "hello"), (exitCode, output.TrimEnd()));
    }

    [PeerFact(OpenSshClient.Program, OpenSsh.KeyMaker)]
    public async Task Stdio_HalfClose_IsCarried()
    {
        await using AnswerTarget target = new();
        await using Forwarder server = await ServedSsh.ServeAsync(keys);
        await using ProgramRun ssh = await new OpenSshClient(server.Port(), keys).StartWithInputAsync("-W", LocalForward.At(target.Port));

        await ssh.SendAsync(AnswerTarget.Question).OrFail();
        ssh.EndInput();

        Assert.Equal(AnswerTarget.Question, await target.Received.OrFail());
        Assert.Equal(0, (await ssh.EndedAsync()).ExitCode);
    }

    [PeerFact(OpenSshClient.Program, OpenSsh.KeyMaker)]
    public async Task Master_AddsAndTakesBackForwards()
    {
        await using TcpTarget target = TcpTarget.Echo();
        await using Forwarder server = await ServedSsh.ServeAsync(keys);
        string control = Path.Combine(keys.Directory, "cm");
        int local = FreePort.Next();
        int remote = FreePort.Next();
        int first = FreePort.Next();
        await using ProgramRun ssh = await new OpenSshClient(server.Port(), keys).StartAsync(
            "-M", "-S", control, "-N", "-L", ServedSsh.Leads(first, target.Port));
        await ssh.ListensAsync(first);
        Assert.Contains("running", await AskAsync("check"), StringComparison.Ordinal);

        await AskAsync("forward", "-L", ServedSsh.Leads(local, target.Port));
        await ServedSsh.AssertEchoedAsync(local).OrFail();
        await AskAsync("forward", "-R", ServedSsh.Leads(remote, target.Port));
        await ServedSsh.AssertEchoedAsync(remote).OrFail();
        int any = int.Parse(
            await AskAsync("forward", "-R", string.Create(CultureInfo.InvariantCulture, $"0:127.0.0.1:{target.Port}")), CultureInfo.InvariantCulture);
        await ServedSsh.AssertEchoedAsync(any).OrFail();

        await AskAsync("cancel", "-R", ServedSsh.Leads(remote, target.Port));
        await FreePort.ReleasedAsync(remote, SocketType.Stream, ProtocolType.Tcp).OrFail();
        await ServedSsh.AssertEchoedAsync(any).OrFail();
        await AskAsync("exit");
        await ssh.Exited.OrFail();

        Task<string> AskAsync(string command, params string[] arguments) =>
            ProgramRun.ToEndAsync(OpenSshClient.Program, ["-F", "none", "-S", control, "-O", command, .. arguments, "server"]);
    }

    [PeerTheory(OpenSshClient.Program, OpenSsh.KeyMaker)]
    [InlineData]
    [InlineData("ls")]
    public async Task Shell_OrCommand_IsToldWhatThisServerIs(params string[] command)
    {
        await using Forwarder server = await ServedSsh.ServeAsync(keys);
        await using ProgramRun ssh = new(
            PeerProgram.Find(OpenSshClient.Program),
            [
                "-F", "none", "-p", server.Port().ToString(CultureInfo.InvariantCulture), "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no",
                "-o", "UserKnownHostsFile=/dev/null", "-i", await keys.UserKeyAsync(), "-o", "IdentitiesOnly=yes", "anybody@127.0.0.1", .. command,
            ]);

        (int exitCode, string output) = await ssh.EndedAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains("this server only forwards ports: use ssh -N", output, StringComparison.Ordinal);
    }

    [PeerFact(OpenSshClient.Program, OpenSsh.KeyMaker)]
    public async Task Key_WithPermitOpen_ReachesNothingElse()
    {
        await using TcpTarget target = TcpTarget.Echo();
        await using TcpTarget other = TcpTarget.Echo();
        string authorized = await keys.AuthorizeAsync($"permitopen=\"127.0.0.1:{target.Port}\",permitlisten=\"localhost:1\"");
        await using Forwarder server = await ServedSsh.ServeAsync(keys, new() { AuthorizedKeysFile = authorized });
        int allowed = FreePort.Next();
        int forbidden = FreePort.Next();
        await using ProgramRun ssh = await new OpenSshClient(server.Port(), keys).StartAsync(
            "-N", "-L", ServedSsh.Leads(allowed, target.Port), "-L", ServedSsh.Leads(forbidden, other.Port));
        await ssh.ListensAsync(allowed);
        await ssh.ListensAsync(forbidden);

        await ServedSsh.AssertEchoedAsync(allowed).OrFail();
        using Socket client = await TcpTraffic.ConnectAsync(new IPEndPoint(IPAddress.Loopback, forbidden));
        Assert.Equal(0, await AnswerTarget.CountAsync(client).OrFail());
        await ssh.PrintedAsync("administratively prohibited").OrFail();

        await using ProgramRun remote = await new OpenSshClient(server.Port(), keys).StartAsync(
            "-N", "-R", ServedSsh.Leads(FreePort.Next(), target.Port));
        Assert.Contains("remote port forwarding failed", (await remote.EndedAsync()).Output, StringComparison.Ordinal);
    }

    [PeerFact(OpenSshClient.Program, OpenSsh.KeyMaker, Keyscan)]
    public async Task Keyscan_OfAServerWithThreeKeys_ListsThem()
    {
        await using Forwarder server = await ServedSsh.ServeAsync(keys, hostKeys: ["ed25519", "ecdsa-256", "rsa-3072"]);

        string output = await ProgramRun.ToEndAsync(Keyscan, "-p", server.Port().ToString(CultureInfo.InvariantCulture), "127.0.0.1");

        foreach (string kind in new[] { "ed25519", "ecdsa-256", "rsa-3072" })
        {
            string[] words = (await File.ReadAllTextAsync($"{await keys.HostKeyAsync(kind)}.pub")).Split(' ');
            Assert.Contains($"{words[0]} {words[1].TrimEnd()}", output, StringComparison.Ordinal);
        }
    }

    [GeneratedRegex(@"Allocated port (\d+) ")]
    private static partial Regex AllocatedPort();

    private Task<Forwarder> ServeWithPasswordAsync() =>
        ServedSsh.ServeAsync(keys, new() { Authenticator = Authenticators.Users(new NetworkCredential(ServedSsh.UserName, ServedSsh.Password)) });

    private static async Task AssertLocalAsync(OpenSshClient client, params string[] options)
    {
        await using TcpTarget target = TcpTarget.Echo();
        int port = FreePort.Next();
        await using ProgramRun ssh = await client.StartAsync([.. options, "-N", "-L", ServedSsh.Leads(port, target.Port)]);
        await ssh.ListensAsync(port);

        await ServedSsh.AssertEchoedAsync(port).OrFail();
        await ServedSsh.AssertEchoedAsync(port).OrFail();
    }

    private async Task AssertHalfCloseAsync(bool isRemote)
    {
        await using AnswerTarget target = new();
        await using Forwarder server = await ServedSsh.ServeAsync(keys);
        int port = FreePort.Next();
        await using ProgramRun ssh = await new OpenSshClient(server.Port(), keys).StartAsync(
            "-N", isRemote ? "-R" : "-L", ServedSsh.Leads(port, target.Port));
        await ssh.ListensAsync(port, isRemote ? Environment.ProcessId : null);
        using Socket client = await TcpTraffic.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));

        byte[] answer = await AnswerTarget.AskAsync(client).OrFail();

        Assert.Equal(AnswerTarget.Question, await target.Received.OrFail());
        Assert.Equal(AnswerTarget.Answer.Length, answer.Length);
        Assert.Equal(AnswerTarget.Answer, answer);
    }
}
