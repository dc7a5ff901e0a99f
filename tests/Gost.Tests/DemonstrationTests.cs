using System.Text.RegularExpressions;
using GostNet.Tests.Shared;

namespace GostNet.Examples.Gost.Tests;

public sealed class DemonstrationTests
{
    [Fact]
    public async Task Run_NoArguments_ShowsAForwardThatCanBeTried()
    {
        await using GostProcess gost = GostProcess.Start();
        string url = Regex.Match(await gost.WaitForOutputAsync("curl http://"), @"http://\S+").Value;

        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        Assert.Contains("through the forward", await client.GetStringAsync(new Uri(url)).OrFail(), StringComparison.Ordinal);
        Assert.Contains("Completed", await gost.WaitForOutputAsync("closed #"), StringComparison.Ordinal);
        gost.Terminate();

        Assert.Equal(0, await gost.WaitForExitAsync());
        Assert.Empty(gost.Errors);
    }
}
