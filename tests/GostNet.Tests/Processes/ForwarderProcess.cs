using System.Diagnostics;
using System.Globalization;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Processes;

/// <summary>Starts <see cref="ForwarderProgram"/> and talks to it.</summary>
internal sealed class ForwarderProcess : IAsyncDisposable
{
    private readonly Process _process;

    public ForwarderProcess()
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        _process = Process.Start(new ProcessStartInfo(host, [typeof(ForwarderProgram).Assembly.Location])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["DOTNET_TieredCompilation"] = "0" }, // nothing is to be compiled anew while there is no descriptor left
        })!;
    }

    /// <summary>Starts the forwarder, and tells where it listens.</summary>
    public async Task<HostEndPoint> StartAsync(int targetPort, bool keepLog) =>
        new("127.0.0.1", int.Parse(await AskAsync($"start {targetPort} {(keepLog ? "log" : "no-log")}"), CultureInfo.InvariantCulture));

    /// <summary>Descriptors in use, managed memory in use, live connections.</summary>
    public async Task<(int Descriptors, long Memory, int Connections)> ReportAsync()
    {
        string[] words = (await AskAsync("report")).Split(' ');
        return (int.Parse(words[0], CultureInfo.InvariantCulture),
            long.Parse(words[1], CultureInfo.InvariantCulture),
            int.Parse(words[2], CultureInfo.InvariantCulture));
    }

    public async Task<string> AskAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
        return await _process.StandardOutput.ReadLineAsync().OrFail() ?? throw new InvalidOperationException($"No answer to {command}.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().OrFail();
        }
        finally
        {
            _process.Kill(); // does nothing to one that has ended
            _process.Dispose();
        }
    }
}
