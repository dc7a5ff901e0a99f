using GostNet.Building;
using GostNet.Building.Nodes;

namespace GostNet.Tests.Building.Nodes;

public class PeerVerificationTests
{
    [Theory]
    [InlineData("-F", "forward+tls://server:443", true)]
    [InlineData("-F", "socks5+mwss://server:443", true)]
    [InlineData("-F", "forward+ssh://server:22", true)]
    [InlineData("-F", "forward+tls://server:443?secure=true", false)]
    [InlineData("-F", "forward+tls://server:443?secure=false", false)]
    [InlineData("-F", "socks5://server:1080", false)]
    [InlineData("-L", "socks5://:1080", true)]
    [InlineData("-L", ":8080", true)]
    [InlineData("-L", "forward+ssh://:2222", true)]
    [InlineData("-L", "socks5://user:password@:1080", false)]
    [InlineData("-L", "tcp://:2222/10.0.0.1:22", false)]
    [InlineData("-L", "sni://:443", false)]
    [InlineData("-L", "sni+ssh://:443", true)]
    [InlineData("-L", "socks4+ssh://:443", true)]
    [InlineData("-L", "socks4+ssh://user:password@:443", false)]
    public void Check_OfAPeerThatIsLeftOpen_RefusesOrWarnsOnce(string flag, string url, bool isLeftOpen)
    {
        NodeUrl node = NodeUrlReader.Read(url, flag == "-F" ? NodeRole.Chain : NodeRole.Serve, new NodeFiles(), new NodeUrlFindings())!;
        var refusing = new BuildProblems(new BuildSettings());
        var logger = new Shared.RecordingLoggerFactory();
        var warning = new BuildProblems(new BuildSettings { UnverifiedPeers = UnverifiedPeers.Warn, LoggerFactory = logger });

        PeerVerification.Check(node, refusing);
        PeerVerification.Check(node, warning);
        PeerVerification.Check(node, warning);
        warning.LogWarnings();

        Assert.Equal(isLeftOpen, refusing.Any);
        Assert.False(warning.Any);
        Assert.Equal(isLeftOpen ? 1 : 0, logger.Entries.Count);
    }
}
