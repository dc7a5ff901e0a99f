using System.Runtime.CompilerServices;

namespace GostNet.Tests.PublicApi;

public sealed class PublicApiTests
{
    [Fact]
    public void Assembly_PublicApi_IsAsCommitted() => Compare(PublicApiText.Describe(typeof(HostEndPoint).Assembly));

    private static void Compare(string actual, [CallerFilePath] string here = "")
    {
        string approved = Path.Combine(Path.GetDirectoryName(here)!, "GostNet.txt");
        string received = Path.ChangeExtension(approved, ".received");
        if (File.Exists(approved) && File.ReadAllText(approved) == actual)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, actual);
        Assert.Fail($"The public API has changed. Look at the difference, and if it is meant to be: mv {received} {approved}");
    }
}
