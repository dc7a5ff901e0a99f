using System.Text;

namespace GostNet.Examples.Gost.Tests;

public sealed class ConfigFileTests
{
    [Fact]
    public void Read_EverythingGiven_IsTaken()
    {
        ConfigFile file = ReadWithoutErrors("""
            {
              "Retries": 2, "Debug": true, "Mark": 0, "Interface": "",
              "ServeNodes": ["tcp://:1/a:1", "udp://:2/b:2"], "ChainNodes": ["socks5://c:3"],
              "Routes": [
                { "Retries": 3, "ServeNodes": ["tcp://:4/d:4"], "ChainNodes": ["http://e:5", "http://f:6"], "Mark": 0, "Interface": "" },
                { "ServeNodes": [] }
              ]
            }
            """);

        Assert.True(file.Debug);
        Assert.Equal(2, file.TopLevel.Retries);
        Assert.Equal(["tcp://:1/a:1", "udp://:2/b:2"], file.TopLevel.ServeNodes);
        Assert.Equal(["socks5://c:3"], file.TopLevel.ChainNodes);
        Assert.Equal(2, file.Routes.Count);
        Assert.Equal(3, file.Routes[0].Retries);
        Assert.Equal(["tcp://:4/d:4"], file.Routes[0].ServeNodes);
        Assert.Equal(["http://e:5", "http://f:6"], file.Routes[0].ChainNodes);
        Assert.Equal(0, file.Routes[1].Retries);
        Assert.Empty(file.Routes[1].ChainNodes);
    }

    [Theory]
    [InlineData("""{ "servenodes": [":1"], "DEBUG": true }""")]
    [InlineData("""{ "SERVENODES": [":1"], "debug": true, "Routes": null, "Retries": null }""")]
    [InlineData("""{ "\u0053erveNodes": ["\u003a1"], "Debug": true }  """)]
    [InlineData("\uFEFF{ \"ServeNodes\": [\":1\"], \"Debug\": true }\n")]
    public void Read_OtherSpellings_MeanTheSame(string json)
    {
        ConfigFile file = ReadWithoutErrors(json);

        Assert.Equal([":1"], file.TopLevel.ServeNodes);
        Assert.True(file.Debug);
    }

    [Fact]
    public void Read_EmptyObject_IsNothing()
    {
        ConfigFile file = ReadWithoutErrors("{}");

        Assert.Null(file.Debug);
        Assert.Empty(file.TopLevel.ServeNodes);
        Assert.Empty(file.Routes);
    }

    [Theory]
    [InlineData("{\n  \"ServeNode\": []\n}", "gost.json:2:3: ServeNode is not known here")]
    [InlineData("{ \"Routes\": [ {}, { \"Debug\": true } ] }", "gost.json:1:21: Routes[1].Debug is not known here")]
    [InlineData("{ \"Retries\": 1, \"retries\": 2 }", "gost.json:1:17: retries is there twice")]
    [InlineData("{ \"Retries\": \"3\" }", "gost.json:1:14: Retries is a text where a whole number is needed")]
    [InlineData("{ \"Retries\": 1.5 }", "gost.json:1:14: Retries is 1.5 where a whole number")]
    [InlineData("{ \"Retries\": -1 }", "gost.json:1:14: Retries is -1 where a whole number")]
    [InlineData("{ \"Retries\": 99999999999 }", "gost.json:1:14: Retries is 99999999999 where a whole number")]
    [InlineData("{ \"Debug\": 1 }", "gost.json:1:12: Debug is a number where true or false is needed")]
    [InlineData("{ \"Debug\": \"true\" }", "gost.json:1:12: Debug is a text where true or false is needed")]
    [InlineData("{ \"ServeNodes\": \":1\" }", "gost.json:1:17: ServeNodes is a text where a list of nodes")]
    [InlineData("{ \"ChainNodes\": { \"a\": [1] } }", "gost.json:1:17: ChainNodes is an object where a list of nodes")]
    [InlineData("{ \"ServeNodes\": [\"ü\", 2] }", "gost.json:1:23: ServeNodes[1] is a number where a node in quotes is needed")]
    [InlineData("{ \"ServeNodes\": [null] }", "gost.json:1:18: ServeNodes[0] is null")]
    [InlineData("{ \"Routes\": [true] }", "gost.json:1:14: Routes[0] is true or false where an object")]
    [InlineData("{ \"Mark\": 100 }", "gost.json:1:11: Mark: a socket mark is GOST's and not supported here")]
    [InlineData("{ \"Interface\": \"eth0\" }", "gost.json:1:16: Interface: a network interface is GOST's and not supported here")]
    [InlineData("[]", "gost.json:1:1: The file is a list where an object")]
    [InlineData("{}\n{}", "gost.json:2:1: this is not JSON")]
    [InlineData("{\n \"Debug\": true,\n}", "gost.json:3:1: this is not JSON")]
    [InlineData("{ \"Debug\": yes }", "gost.json:1:12: this is not JSON")]
    [InlineData("{ \"ServeNodes\": [\"ü\", x] }", "gost.json:1:23: this is not JSON")]
    [InlineData("", "gost.json:1:1: this is not JSON")]
    [InlineData("{", "gost.json:1:2: this is not JSON")]
    public void Read_Mistake_SaysWhereAndWhat(string json, string expected)
    {
        var errors = new List<string>();
        ConfigFileReader.Read("gost.json", Encoding.UTF8.GetBytes(json), errors);

        Assert.StartsWith(expected, Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NotUtf8_SaysWhere()
    {
        var errors = new List<string>();
        ConfigFileReader.Read("gost.json", [.. "{ \"ServeNodes\": [\""u8, 0xFF, .. "\"] }"u8], errors);

        Assert.StartsWith("gost.json:1:18: this text is not valid UTF-8", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SeveralMistakes_AreAllReported()
    {
        var errors = new List<string>();
        ConfigFile file = ConfigFileReader.Read(
            "gost.json", """{ "Retry": 1, "ServeNodes": [":1", 5], "Routes": [ { "Mark": 1 } ] }"""u8, errors);

        Assert.Equal(3, errors.Count);
        Assert.Equal([":1"], file.TopLevel.ServeNodes);
    }

    [Fact]
    public void Read_FileIsMissing_NamesIt()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var errors = new List<string>();
        ConfigFile.Read(path, errors);

        Assert.StartsWith($"-C {path} cannot be read:", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Merge_NodesInBoth_PutsTheArgumentsFirst()
    {
        CommandLine commandLine = CommandLine.Read(["-L", ":1", "-F", "a:1"]);
        ConfigFile file = ReadWithoutErrors("""{ "Retries": 4, "ServeNodes": [":2"], "ChainNodes": ["b:2"] }""");

        RouteConfig merged = ForwardCommand.Merge(commandLine, file.TopLevel);

        Assert.Equal([":1", ":2"], merged.ServeNodes);
        Assert.Equal(["a:1", "b:2"], merged.ChainNodes);
        Assert.Equal(4, merged.Retries);
    }

    private static ConfigFile ReadWithoutErrors(string json)
    {
        var errors = new List<string>();
        ConfigFile file = ConfigFileReader.Read("gost.json", Encoding.UTF8.GetBytes(json), errors);
        Assert.Empty(errors);
        return file;
    }
}
