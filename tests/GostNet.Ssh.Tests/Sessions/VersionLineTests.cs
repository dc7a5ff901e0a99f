using System.Text;
using GostNet.Ssh.Sessions;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Tests.Sessions;

public class VersionLineTests
{
    [Theory]
    [InlineData("SSH-2.0-x\r\nrest", 9, 11)]
    [InlineData("SSH-2.0-x\nrest", 9, 10)]
    [InlineData("\n", 0, 1)]
    public void TryReadLine_EitherEnd_IsCutOff(string text, int lineLength, int length)
    {
        Assert.True(VersionLine.TryReadLine(Encoding.ASCII.GetBytes(text), VersionLine.MaxLength, out int line, out int all));
        Assert.Equal((lineLength, length), (line, all));
    }

    [Fact]
    public void TryReadLine_WithoutEnd_WaitsAndThenGivesUp()
    {
        Assert.False(VersionLine.TryReadLine(new byte[VersionLine.MaxLength - 1], VersionLine.MaxLength, out _, out _));
        SshException error = Assert.Throws<SshException>(
            () => VersionLine.TryReadLine(new byte[VersionLine.MaxLength], VersionLine.MaxLength, out _, out _));
        Assert.Equal(DisconnectReason.ProtocolError, error.Reason);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10", null)]
    [InlineData("SSH-1.99-Old", null)]
    [InlineData("SSH-1.5-Older", DisconnectReason.ProtocolVersionNotSupported)]
    [InlineData("SSH-2.0-\0", DisconnectReason.ProtocolError)]
    [InlineData("HTTP/1.1 400 Bad Request", DisconnectReason.ProtocolError)]
    public void Check_Line_IsTakenOrNot(string line, object? reason)
    {
        SshException? error = Record.Exception(() => VersionLine.Check(Encoding.ASCII.GetBytes(line))) as SshException;
        Assert.Equal(reason, error?.Reason);
    }

    [Fact]
    public void Own_IsOne() => VersionLine.Check(VersionLine.Own.Span);
}
