using System.Globalization;
using System.Net;
using GostNet.Interop.Tests.Peers;
using GostNet.Interop.Tests.Targets;
using GostNet.Tests.Shared;

namespace GostNet.Interop.Tests.Ssh;

/// <summary>OpenSSH's programs at the other end of GOST's URLs (ssh, section 1).</summary>
public sealed class UrlTests(SshKeys keys) : IClassFixture<SshKeys>
{
    [PeerFact(Sshd.Program, OpenSsh.KeyMaker)]
    public async Task Via_Sshd_CarriesEveryKindOfForward()
    {
        await using TcpTarget target = TcpTarget.Echo();
        string key = await keys.UserKeyAsync();
        await using PeerProcess sshd = await Sshd.StartAsync($"HostKey {await keys.HostKeyAsync()}", $"AuthorizedKeysFile {keys.AuthorizedKeys}");
        string node = $"forward+ssh://{Environment.UserName}@{sshd.Address}?ssh_key={key}&host_key={await keys.FingerprintAsync()}";
        string at = LocalForward.At(target.Port);
        await using Forwarder forwarder = await new ForwardBuilder()
            .UseSsh()
            .UseUnverifiedPeers(UnverifiedPeers.Warn)
            .Serve($"tcp://{LocalForward.AnyPort}/{at}")
            .Serve($"rtcp://127.0.0.1:0/{at}")
            .Serve($"socks5://{LocalForward.AnyPort}")
            .Via(node)
            .StartAsync();
        await forwarder.Forwards[1].WaitUntilListeningAsync().OrFail();

        await ServedSsh.AssertEchoedAsync(PortOf(forwarder, 0)).OrFail();
        await ServedSsh.AssertEchoedAsync(PortOf(forwarder, 1)).OrFail();
        INetwork socks = new ForwardBuilder().ViaSocks5(LocalForward.At(PortOf(forwarder, 2))).BuildNetwork();
        await using IConnection connection = await socks.Dialer.DialAsync(new("localhost", target.Port)).OrFail();
        await connection.SendAndEndAsync([1, 2, 3]).OrFail();
        Assert.Equal([1, 2, 3], await connection.ReadToEndAsync().OrFail());
    }

    [PeerFact(Sshd.Program, OpenSsh.KeyMaker)]
    public async Task Via_SshdBehindSshd_ReachesTheTarget()
    {
        await using TcpTarget target = TcpTarget.Echo();
        string key = await keys.UserKeyAsync();
        await using PeerProcess outer = await Sshd.StartAsync($"HostKey {await keys.HostKeyAsync()}", $"AuthorizedKeysFile {keys.AuthorizedKeys}");
        await using PeerProcess inner = await Sshd.StartAsync($"HostKey {await keys.HostKeyAsync()}", $"AuthorizedKeysFile {keys.AuthorizedKeys}");
        string query = $"?ssh_key={key}&host_key={await keys.FingerprintAsync()}";
        await using Forwarder forwarder = await LocalForward.Of(
            $"tcp://{LocalForward.AnyPort}/{LocalForward.At(target.Port)}",
            $"forward+ssh://{Environment.UserName}@{outer.Address}{query}",
            $"forward+ssh://{Environment.UserName}@{inner.Address}{query}").UseSsh().StartAsync();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ServedSsh.AssertEchoedAsync(forwarder.Port()))).OrFail();
    }

    [PeerFact(OpenSshClient.Program, OpenSsh.KeyMaker)]
    public async Task Serve_ForwardSsh_ServesSsh()
    {
        await using TcpTarget target = TcpTarget.Echo();
        await keys.UserKeyAsync();
        await using Forwarder server = await new ForwardBuilder()
            .UseSsh()
            .Serve($"forward+ssh://{LocalForward.AnyPort}?ssh_key={await keys.HostKeyAsync()}&ssh_authorized_keys={keys.AuthorizedKeys}")
            .StartAsync();
        int local = FreePort.Next();
        int remote = FreePort.Next();
        await using ProgramRun ssh = await new OpenSshClient(server.Port(), keys).StartAsync(
            "-N", "-L", ServedSsh.Leads(local, target.Port), "-R", ServedSsh.Leads(remote, target.Port));
        await ssh.ListensAsync(local);
        await ssh.ListensAsync(remote, Environment.ProcessId);

        await ServedSsh.AssertEchoedAsync(local).OrFail();
        await ServedSsh.AssertEchoedAsync(remote).OrFail();
    }

    private static int PortOf(Forwarder forwarder, int index) => forwarder.Forwards[index].LocalEndPoint switch
    {
        IPEndPoint address => address.Port,
        HostEndPoint name => name.Port,
        var other => throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"Forward {index} listens at {other}.")),
    };
}
