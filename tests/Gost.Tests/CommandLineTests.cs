namespace GostNet.Examples.Gost.Tests;

public sealed class CommandLineTests
{
    private const string Node = "tcp://:2222/192.168.1.1:22?retry=3&timeout=5s";

    [Theory]
    [InlineData("-L", Node)]
    [InlineData("--L", Node)]
    [InlineData("-L=" + Node)]
    [InlineData("--L=" + Node)]
    public void Read_ServeNodeInEachForm_IsTaken(params string[] args)
    {
        CommandLine commandLine = CommandLine.Read(args);

        Assert.Empty(commandLine.Errors);
        Assert.Equal([Node], commandLine.ServeNodes);
    }

    [Fact]
    public void Read_FlagsRepeated_KeepTheirOrder()
    {
        CommandLine commandLine = CommandLine.Read(["-F", "a:1", "-L", ":1", "-F=b:2", "--L", ":2", "--F=c:3"]);

        Assert.Empty(commandLine.Errors);
        Assert.Equal([":1", ":2"], commandLine.ServeNodes);
        Assert.Equal(["a:1", "b:2", "c:3"], commandLine.ChainNodes);
    }

    [Theory]
    [InlineData(true, "-D")]
    [InlineData(true, "--D")]
    [InlineData(true, "-D=true")]
    [InlineData(true, "--D=1")]
    [InlineData(true, "-D=T")]
    [InlineData(false, "-D=false")]
    [InlineData(false, "--D=0")]
    [InlineData(false, "-D", "-D=F")]
    [InlineData(null)]
    public void Read_DebugInEachForm_IsTaken(bool? expected, params string[] args)
    {
        CommandLine commandLine = CommandLine.Read(args);

        Assert.Empty(commandLine.Errors);
        Assert.Equal(expected, commandLine.Debug);
    }

    [Theory]
    [InlineData("-h")]
    [InlineData("--h")]
    [InlineData("-help")]
    [InlineData("--help")]
    public void Read_HelpInEachForm_IsTaken(string arg) => Assert.True(CommandLine.Read([arg]).Help);

    [Fact]
    public void Read_VersionAndFile_AreTaken()
    {
        CommandLine commandLine = CommandLine.Read(["-V", "-C", "gost.json"]);

        Assert.Empty(commandLine.Errors);
        Assert.True(commandLine.Version);
        Assert.Equal("gost.json", commandLine.ConfigFile);
    }

    [Theory]
    [InlineData("-x is no option", "-x")]
    [InlineData("-x is no option", "--x", "value")]
    [InlineData("-LL is no option", "-LL")]
    [InlineData("-=x is no option", "-=x")]
    [InlineData("--L is no option", "---L")]
    [InlineData("-l is no option; write -L", "-l", ":1")]
    [InlineData("-L needs a node", "-L")]
    [InlineData("-L needs a node", "-L=")]
    [InlineData("-L needs a node", "-L", " ")]
    [InlineData("-L needs a node", "-L", "-F", "a:1")]
    [InlineData("-F needs a node", "--F")]
    [InlineData("-C needs the name of a file", "-C", "")]
    [InlineData("-C is written twice", "-C", "a", "-C", "b")]
    [InlineData("-D=yes is neither -D=true nor -D=false", "-D=yes")]
    [InlineData("-M (socket mark and interface) is GOST's and not supported here", "-M", "3")]
    [InlineData("-I (socket mark and interface) is GOST's and not supported here", "-I=eth0")]
    [InlineData("-P (profiling) is GOST's and not supported here", "--P", ":6060")]
    [InlineData("'true' and what follows it belongs to no option", "-D", "true")]
    [InlineData("'-' and what follows it belongs to no option", "-L", ":1", "-", "-L", ":2")]
    [InlineData("'-D' and what follows it belongs to no option", "--", "-D")]
    public void Read_Mistake_IsReportedOnce(string expected, params string[] args)
    {
        CommandLine commandLine = CommandLine.Read(args);

        Assert.StartsWith(expected, Assert.Single(commandLine.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SeveralMistakes_AreAllReported()
    {
        CommandLine commandLine = CommandLine.Read(["-x", "1", "-D=maybe", "-M", "7", "-L", ":1", "left"]);

        Assert.Collection(
            commandLine.Errors,
            e => Assert.Contains("-x", e, StringComparison.Ordinal),
            e => Assert.Contains("-D=maybe", e, StringComparison.Ordinal),
            e => Assert.Contains("-M", e, StringComparison.Ordinal),
            e => Assert.Contains("'left'", e, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("socks5://user:secret@10.0.0.1:1080")]
    [InlineData("user:secret@10.0.0.1:1080")]
    [InlineData("-socks5://user:sec@ret@10.0.0.1:1080")]
    public void Read_NodeWithoutItsFlag_KeepsItsPassword(string node)
    {
        string error = Assert.Single(CommandLine.Read(["-D", node]).Errors);

        Assert.Contains("***@10.0.0.1:1080", error, StringComparison.Ordinal);
        Assert.DoesNotContain("sec", error, StringComparison.Ordinal);
    }
}
