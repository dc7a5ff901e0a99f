using System.Net;
using System.Net.Sockets;

namespace GostNet.Examples.Gost.Tests;

/// <summary>What the built program says and returns when it does not get as far as forwarding.</summary>
public sealed class ExitCodeTests
{
    [Fact]
    public async Task Run_Version_GoesToStdout()
    {
        (int exitCode, string output, string errors) = await GostProcess.RunAsync("-V");

        Assert.Equal(0, exitCode);
        Assert.Matches(@"^gost \d+\.\d+\.\d+ ", output);
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Run_Help_GoesToStdout()
    {
        (int exitCode, string output, string errors) = await GostProcess.RunAsync("-h");

        Assert.Equal(0, exitCode);
        Assert.Contains("-L NODE", output, StringComparison.Ordinal);
        Assert.Empty(errors);
    }

    [Theory]
    [InlineData("gost: -x is no option", "-x")]
    [InlineData("gost: -L needs a node", "-L")]
    [InlineData("gost: -M ", "-M", "1", "-L", "tcp://127.0.0.1:0/127.0.0.1:9")]
    [InlineData("gost: 'tcp://127.0.0.1:0/127.0.0.1:9' and what follows", "-D", "tcp://127.0.0.1:0/127.0.0.1:9")]
    public Task Run_BadArguments_Is2(string expected, params string[] args) => AssertFailsAsync(2, [expected], args);

    [Theory]
    [InlineData("there is nothing to forward", "-D")]
    [InlineData("there is nothing to forward", "-F", "socks5://127.0.0.1:1080")]
    [InlineData("'2222' has no port; write :2222", "-L", "2222")]
    [InlineData("'127.0.0.1' has no port", "-L", "tcp://127.0.0.1:0/127.0.0.1")]
    [InlineData("'127.0.0.1' has no port", "-L", "tcp://127.0.0.1:0/127.0.0.1:9", "-F", "socks5://127.0.0.1")]
    [InlineData("'ttl' is 'abc'", "-L", "udp://127.0.0.1:0/127.0.0.1:9?ttl=abc")]
    [InlineData("scheme 'foo' is not known", "-L", "foo://127.0.0.1:0/127.0.0.1:9")]
    [InlineData("there is no target", "-L", "tcp://127.0.0.1:0")]
    [InlineData("nowhere.json cannot be read", "-C", "nowhere.json")]
    public Task Run_BadNodeOrFile_Is1(string expected, params string[] args) => AssertFailsAsync(1, [expected], args);

    [Fact]
    public Task Run_SeveralBadNodes_NamesThemAllWithoutPasswords() => AssertFailsAsync(
        1,
        ["scheme 'foo'", "'99999'", "'timeout' is 'soon'"],
        "-L", "foo://:1/a:1", "-L", "tcp://:1/a:1?timeout=soon", "-F", "socks5://user:SECRET@127.0.0.1:99999");

    [Fact]
    public async Task Run_BadFileAndBadNode_NamesBoth()
    {
        using var file = new TemporaryFile("""
            {
              "Retrys": 3, "ServeNodes": ["tcp://:1/a"]
            }
            """);
        await AssertFailsAsync(1, [$"gost: {file.Path}:2:3: Retrys is not known here", "'a' has no port"], "-C", file.Path);
    }

    [Fact]
    public async Task Run_PortIsTaken_Is1()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await AssertFailsAsync(1, [$"{taken.LocalEndpoint}", "another program listens there"], "-L", $"tcp://{taken.LocalEndpoint}/127.0.0.1:9");
    }

    private static async Task AssertFailsAsync(int expectedExitCode, string[] expectedParts, params string[] args)
    {
        (int exitCode, string output, string errors) = await GostProcess.RunAsync(args);

        Assert.Equal(expectedExitCode, exitCode);
        Assert.Empty(output);
        Assert.All(errors.Split('\n'), line => Assert.StartsWith("gost: ", line, StringComparison.Ordinal));
        Assert.All(expectedParts, part => Assert.Contains(part, errors, StringComparison.Ordinal));
        Assert.DoesNotContain("SECRET", errors, StringComparison.Ordinal);
    }
}
