using System.Net;
using System.Security.Cryptography;
using GostNet.Tests.Shared;

namespace GostNet.Interop.Tests.Peers;

/// <summary>GostNet's own command line as a process of its own. To dispose of it is to kill it, as a crash would.</summary>
internal sealed class Gost : IAsyncDisposable
{
    private const string Listens = " listens on ";

    private readonly ProgramRun _run;

    private Gost(ProgramRun run) => _run = run;

    /// <summary>Starts it with these arguments.</summary>
    public static Gost Start(params string[] arguments) => new(new(
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? PeerProgram.Find("dotnet"),
        // As the tests run: some of its libraries lie not beside it, but in a framework of theirs.
        [
            "exec", "--runtimeconfig", OfTests("runtimeconfig.json"), "--depsfile", OfTests("deps.json"),
            Path.Combine(AppContext.BaseDirectory, "gost.dll"), .. arguments,
        ]));

    /// <summary>Starts a SOCKS5 server that everybody may use.</summary>
    /// <param name="listen">Where it listens.</param>
    /// <returns>The process, and where it listens indeed.</returns>
    public static async Task<(Gost Process, string Address)> StartSocks5Async(string listen = LocalForward.AnyPort)
    {
        Gost gost = Start("-L", $"socks5://{listen}");
        try
        {
            return (gost, (await gost.ListensAsync()).ToString());
        }
        catch
        {
            await gost.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until it says that it listens.</summary>
    /// <returns>Where; if it does at several ports, at the first.</returns>
    /// <exception cref="InvalidOperationException">It ended instead.</exception>
    public async Task<IPEndPoint> ListensAsync()
    {
        Task printed = _run.PrintedAsync(Listens);
        if (await Task.WhenAny(printed, _run.Exited).OrFail() != printed)
        {
            throw new InvalidOperationException($"gost ended early:\n{_run.Output}");
        }

        string line = _run.Output.Split('\n').First(line => line.Contains(Listens, StringComparison.Ordinal));
        return IPEndPoint.Parse(line[(line.IndexOf(Listens, StringComparison.Ordinal) + Listens.Length)..]);
    }

    /// <summary>Waits until it tells the pin of the certificate that it made.</summary>
    public async Task<string> PinAsync()
    {
        const string Prefix = "sha256:";
        await _run.PrintedAsync(Prefix).OrFail();
        string output = _run.Output;
        return output.Substring(output.IndexOf(Prefix, StringComparison.Ordinal), Prefix.Length + (2 * SHA256.HashSizeInBytes));
    }

    public ValueTask DisposeAsync() => _run.DisposeAsync();

    private static string OfTests(string extension) =>
        Path.ChangeExtension(typeof(Gost).Assembly.Location, extension);
}
