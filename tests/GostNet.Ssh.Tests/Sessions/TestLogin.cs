using GostNet.Ssh.Authentication;
using GostNet.Ssh.Wire;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Sessions;

/// <summary>A login of one message each way, as short as it can be.</summary>
internal static class TestLogin
{
    public static byte[] Request { get; } =
        SshWriter.Message(MessageNumber.UserAuthRequest).Text("somebody").Text("ssh-connection").Text("none").ToArray();

    public static async ValueTask AskAsync(IAuthenticationPipe pipe, CancellationToken cancellationToken)
    {
        await pipe.SendAsync(Request, cancellationToken);
        byte[] answer = (await pipe.ReceiveAsync(cancellationToken)).ToArray();
        Assert.Equal([MessageNumber.UserAuthSuccess], answer);
    }

    public static async ValueTask<string> AdmitAsync(IAuthenticationPipe pipe, CancellationToken cancellationToken)
    {
        byte[] request = (await pipe.ReceiveAsync(cancellationToken)).ToArray();
        Assert.Equal(Request, request);
        await pipe.SendAsync(new[] { MessageNumber.UserAuthSuccess }, cancellationToken);
        return "somebody";
    }
}
