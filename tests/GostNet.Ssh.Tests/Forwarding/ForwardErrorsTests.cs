using GostNet.Ssh.Forwarding;
using GostNet.Ssh.Sessions;

namespace GostNet.Ssh.Tests.Forwarding;

public sealed class ForwardErrorsTests
{
    private static readonly HostEndPoint Target = new("db", 5432);

    [Theory]
    [InlineData(2, "Connection refused", ForwardError.ConnectionRefused, true)]
    [InlineData(2, "Connection timed out", ForwardError.TimedOut, true)]
    [InlineData(2, "Name or service not known", ForwardError.NameNotResolved, true)]
    [InlineData(2, "Temporary failure in name resolution", ForwardError.NameNotResolved, true)]
    [InlineData(2, "dial tcp: lookup db: no such host", ForwardError.NameNotResolved, true)]
    [InlineData(2, "No route to host", ForwardError.HostUnreachable, true)]
    [InlineData(2, "Network is unreachable", ForwardError.NetworkUnreachable, true)]
    [InlineData(2, "", ForwardError.TargetUnreachable, true)]
    [InlineData(1, "open failed", ForwardError.Forbidden, false)]
    [InlineData(3, "unknown channel type", ForwardError.CommandNotSupported, false)]
    [InlineData(4, "no more", ForwardError.ProxyFailure, false)]
    [InlineData(77, "", ForwardError.ProxyFailure, false)]
    public void ToForwardException_OfAServersAnswer_TellsWhoIsToBlame(int failure, string text, ForwardError error, bool isTargetFault)
    {
        ForwardException e = ForwardErrors.ToForwardException(new((ChannelOpenFailure)failure, text), "ssh.example:22", Target);

        Assert.Equal(error, e.Error);
        Assert.Equal(isTargetFault, e.IsTargetFault);
        Assert.Equal(Target, e.Target);
        Assert.Contains("ssh.example:22", e.Message, StringComparison.Ordinal);
        Assert.Contains("db:5432", e.Message, StringComparison.Ordinal);
        Assert.Contains(text, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ForwardError.ConnectionRefused)]
    [InlineData(ForwardError.TimedOut)]
    [InlineData(ForwardError.NameNotResolved)]
    [InlineData(ForwardError.HostUnreachable)]
    [InlineData(ForwardError.NetworkUnreachable)]
    [InlineData(ForwardError.Forbidden)]
    public void ToRefusal_OfAReason_IsReadAsTheSame(ForwardError error)
    {
        (ChannelOpenFailure failure, string text) = ForwardErrors.ToRefusal(error);
        Assert.Equal(error, ForwardErrors.ToForwardException(new(failure, text), "", Target).Error);
    }

    [Fact]
    public void ToRefusal_OfEveryReason_HasWords()
    {
        foreach (ForwardError error in Enum.GetValues<ForwardError>())
        {
            Assert.NotEmpty(ForwardErrors.ToRefusal(error).Text);
        }
    }
}
