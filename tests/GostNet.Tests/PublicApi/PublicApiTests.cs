using System.Runtime.CompilerServices;
using GostNet.Tests.Shared.Sources;

namespace GostNet.Tests.PublicApi;

public sealed class PublicApiTests
{
    [Fact]
    public void Assembly_PublicApi_IsAsCommitted() => PublicApiText.AssertIsAsCommitted(typeof(HostEndPoint).Assembly, PathOfText());

    private static string PathOfText([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "GostNet.txt");
}
