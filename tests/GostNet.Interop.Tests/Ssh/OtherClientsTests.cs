using System.Globalization;
using GostNet.Interop.Tests.Peers;
using GostNet.Interop.Tests.Targets;
using GostNet.Tests.Shared;

namespace GostNet.Interop.Tests.Ssh;

/// <summary>dropbear's and PuTTY's clients at a server of ours (ssh, section 6.3).</summary>
public sealed class OtherClientsTests(SshKeys keys) : IClassFixture<SshKeys>
{
    private const string Ncat = "ncat";

    [PeerTheory(Dbclient.Program, Dbclient.Converter, OpenSsh.KeyMaker)]
    [MemberData(nameof(SshKeys.AllKinds), MemberType = typeof(SshKeys))]
    public Task Dbclient_WithThisKey_CarriesConnections(string kind) =>
        AssertCarriesAsync(kind, isRemote: false, (port, arguments) => Dbclient.StartAsync(port, keys, kind, arguments));

    [PeerTheory(Dbclient.Program, Dbclient.Converter, OpenSsh.KeyMaker)]
    [InlineData("chacha20-poly1305@openssh.com")]
    [InlineData("aes128-ctr")]
    [InlineData("aes256-ctr")]
    public Task Dbclient_WithThisCipher_CarriesConnections(string cipher) => AssertCarriesAsync(
        SshKeys.DefaultKind,
        isRemote: false,
        (port, arguments) => Dbclient.StartAsync(port, keys, SshKeys.DefaultKind, ["-c", cipher, "-m", "hmac-sha2-256", .. arguments]));

    [PeerFact(Dbclient.Program, Dbclient.Converter, OpenSsh.KeyMaker)]
    public Task Dbclient_Remote_CarriesConnections() => AssertCarriesAsync(
        SshKeys.DefaultKind, isRemote: true, (port, arguments) => Dbclient.StartAsync(port, keys, SshKeys.DefaultKind, arguments));

    [PeerFact(Dbclient.Program, Dbclient.Converter, OpenSsh.KeyMaker)]
    public Task Dbclient_Stdio_ReachesTheTarget() =>
        AssertStdioAsync((port, target) => Dbclient.StartAsync(port, keys, SshKeys.DefaultKind, "-B", target));

    [PeerTheory(Plink.Program, Plink.Converter, OpenSsh.KeyMaker)]
    [MemberData(nameof(SshKeys.AllKinds), MemberType = typeof(SshKeys))]
    public Task Plink_WithThisKey_CarriesConnections(string kind) =>
        AssertCarriesAsync(kind, isRemote: false, (port, arguments) => Plink.StartAsync(port, keys, kind, arguments));

    [PeerFact(Plink.Program, Plink.Converter, OpenSsh.KeyMaker)]
    public Task Plink_Remote_CarriesConnections() => AssertCarriesAsync(
        SshKeys.DefaultKind, isRemote: true, (port, arguments) => Plink.StartAsync(port, keys, SshKeys.DefaultKind, arguments));

    [PeerFact(Plink.Program, Plink.Converter, OpenSsh.KeyMaker)]
    public Task Plink_Stdio_ReachesTheTarget() =>
        AssertStdioAsync((port, target) => Plink.StartAsync(port, keys, SshKeys.DefaultKind, "-nc", target));

    [PeerFact(Plink.Program, Plink.Converter, OpenSsh.KeyMaker, Ncat)]
    public async Task Plink_Dynamic_ReachesTheTarget()
    {
        await using TcpTarget target = TcpTarget.Greeting("hello from the target"u8.ToArray());
        await using Forwarder server = await ServedSsh.ServeAsync(keys);
        int port = FreePort.Next();
        await using ProgramRun plink = await Plink.StartAsync(server.Port(), keys, SshKeys.DefaultKind, "-N", "-D", LocalForward.At(port));
        await plink.ListensAsync(port);

        string output = await ProgramRun.ToEndAsync(
            Ncat, "--proxy", LocalForward.At(port), "--proxy-type", "socks5", "127.0.0.1", target.Port.ToString(CultureInfo.InvariantCulture));

        Assert.Equal("hello from the target", output.TrimEnd());
    }

    [PeerFact(Plink.Program, Plink.Converter, OpenSsh.KeyMaker)]
    public async Task Plink_Shell_IsToldWhatThisServerIs()
    {
        await using Forwarder server = await ServedSsh.ServeAsync(keys);
        await using ProgramRun plink = await Plink.StartAsync(server.Port(), keys, SshKeys.DefaultKind);

        (int exitCode, string output) = await plink.EndedAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains("this server only forwards ports", output, StringComparison.Ordinal);
    }

    private async Task AssertCarriesAsync(string kind, bool isRemote, Func<int, string[], Task<ProgramRun>> start)
    {
        await keys.UserKeyAsync(kind); // so that the server knows it
        await using TcpTarget target = TcpTarget.Echo();
        await using Forwarder server = await ServedSsh.ServeAsync(keys);
        int port = FreePort.Next();
        await using ProgramRun client = await start(server.Port(), ["-N", isRemote ? "-R" : "-L", ServedSsh.Leads(port, target.Port)]);
        await client.ListensAsync(port, isRemote ? Environment.ProcessId : null);

        await ServedSsh.AssertEchoedAsync(port).OrFail();
        await ServedSsh.AssertEchoedAsync(port).OrFail();
    }

    private async Task AssertStdioAsync(Func<int, string, Task<ProgramRun>> start)
    {
        await using TcpTarget target = TcpTarget.Echo();
        await using Forwarder server = await ServedSsh.ServeAsync(keys);
        await using ProgramRun client = await start(server.Port(), LocalForward.At(target.Port));

        await client.SendAsync("hello\n"u8.ToArray()).OrFail();

        await client.PrintedAsync("hello").OrFail();
    }
}
