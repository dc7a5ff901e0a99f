using System.Net;
using GostNet.Diagnostics;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Building;

/// <summary>Servers that cannot be used are dial failures with a reason, and are charged for them.</summary>
public sealed class SshFailureTests
{
    private const string Node = "forward+ssh://gw:22";

    public static TheoryData<string, ForwardError> Failures() => new()
    {
        { "host key", ForwardError.CertificateRejected },
        { "password", ForwardError.AuthenticationFailed },
        { "no password", ForwardError.AuthenticationRequired },
        { "user key", ForwardError.AuthenticationFailed },
        { "algorithms", ForwardError.ProtocolError },
        { "no ssh", ForwardError.ProtocolError },
        { "closed", ForwardError.ConnectionClosed },
        { "nobody there", ForwardError.ConnectionRefused },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Dial_ThroughAServerThatCannotBeUsed_FailsAndChargesTheNode(string what, ForwardError expected)
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        Task failing = await PrepareAsync(scene, what);
        await scene.StartAsync(scene.Builder().ServeSsh("better:22", scene.ServerOptions()));
        IDialer dialer = scene.Builder()
            .Via(hop => hop.Ssh("gw", Wrong(scene, what)).Ssh("better", SshScene.ClientOptions()).Select(new() { Strategy = SelectionStrategy.Fifo }))
            .BuildDialer();

        ForwardException e = await SshScene.FailAsync(dialer);
        Assert.Equal((expected, Node), (e.Error, e.Node));
        Assert.Equal(SshScene.Target, e.Target);
        Assert.DoesNotContain("secret", e.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("guess", e.ToString(), StringComparison.Ordinal);

        // It has failed, and is left out for now.
        await SshScene.ExchangeAsync(await dialer.DialAsync(SshScene.Target).OrFail(), target);
        await SshScene.ExchangeAsync(await dialer.DialAsync(SshScene.Target).OrFail(), target);
        Assert.Equal(1, scene.SessionsSoFar);
        await failing.OrFail();
    }

    [Theory]
    [InlineData("host key", ForwardError.CertificateRejected)]
    [InlineData("password", ForwardError.AuthenticationFailed)]
    public async Task RemoteTcp_ThroughAServerThatCannotBeUsed_SaysWhyAndBacksOff(string what, ForwardError expected)
    {
        await using var scene = new SshScene();
        await scene.ServeAsync();
        Forwarder client = await scene.StartAsync(scene.Builder().RemoteTcp(":8080", SshScene.Target.ToString()).ViaSsh("gw", Wrong(scene, what)));

        await scene.Log.WaitForAsync(LogEventIds.FarEndLost).OrFail();

        ForwardException e = Assert.IsType<ForwardException>(client.Forwards[0].Error);
        Assert.Equal((expected, Node), (e.Error, e.Node));
        Assert.Equal(ForwardState.BackingOff, client.Forwards[0].State);
    }

    private static async Task<Task> PrepareAsync(SshScene scene, string what)
    {
        switch (what)
        {
            case "nobody there":
                return Task.CompletedTask;
            case "no ssh" or "closed":
                IListener listener = await scene.ListenAsync(SshScene.Gateway);
                return AnswerAsync(listener, what == "closed" ? [] : "220 mail\r\n"u8.ToArray().Concat(new byte[70_000]).ToArray());
            default:
                SshServerOptions server = scene.ServerOptions();
                server.AuthorizedKeysFile = scene.Folder.Write("keys", SshFolder.LineOf("ecdsa256"));
                await scene.ServeAsync(server);
                return Task.CompletedTask;
        }
    }

    private static async Task AnswerAsync(IListener listener, byte[] answer)
    {
        await using (listener)
        {
            await using IConnection connection = (await listener.AcceptAsync().OrFail())!;
            try
            {
                await connection.SendAndEndAsync(answer);
                await connection.ReadToEndAsync();
            }
            catch (IOException)
            {
                // The client has had enough.
            }
        }
    }

    private static SshClientOptions Wrong(SshScene scene, string what)
    {
        SshClientOptions options = SshScene.ClientOptions();
        switch (what)
        {
            case "host key":
                options.HostKeyPins = [SshFolder.PinOf("rsa3072")];
                break;
            case "password":
                options.Credential = new NetworkCredential("alice", "guess");
                break;
            case "no password":
                (options.Credential, options.AgentSocket) = (new NetworkCredential("alice", ""), "");
                break;
            case "user key":
                options.Credential = null;
                options.KeyFiles = [scene.Folder.CopyKey("id_ecdsa384")];
                break;
            case "algorithms":
                options.Algorithms = new() { HostKeys = ["rsa-sha2-512"] };
                break;
        }

        return options;
    }
}
