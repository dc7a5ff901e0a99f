using System.Diagnostics;
using System.Runtime.InteropServices;
using GostNet.Tests.Shared;

namespace GostNet.Examples.Gost.Tests;

/// <summary>A gost that runs beside the test, and ends with it.</summary>
internal sealed class GostProcess : IAsyncDisposable
{
    private const int Sigterm = 15;

    private readonly Process _process;
    private readonly Lock _lock = new();
    private readonly StateWaiters _waiters = new();
    private readonly List<string> _output = [];
    private readonly List<string> _errors = [];
    private int _open = 2; // stdout and stderr

    private GostProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, e) => Note(_output, e.Data);
        process.ErrorDataReceived += (_, e) => Note(_errors, e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Output => Text(_output);

    public string Errors => Text(_errors);

    public static GostProcess Start(params string[] args)
    {
        var info = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "gost.dll"));
        foreach (string arg in args)
        {
            info.ArgumentList.Add(arg);
        }

        return new GostProcess(Process.Start(info)!);
    }

    /// <summary>Runs gost to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] args)
    {
        await using GostProcess gost = Start(args);
        int exitCode = await gost.WaitForExitAsync();
        return (exitCode, gost.Output, gost.Errors);
    }

    /// <summary>Where its forwards listen, in the order in which they say so.</summary>
    public async Task<HostEndPoint[]> WaitForListenersAsync(int count)
    {
        const string Listens = " listens on ";
        string[] lines = await WaitForLinesAsync(_errors, count, l => l.Contains(Listens, StringComparison.Ordinal));
        return [.. lines.Select(l => HostEndPoint.Parse(l[(l.IndexOf(Listens, StringComparison.Ordinal) + Listens.Length)..]))];
    }

    public async Task<string> WaitForLogAsync(string part) =>
        (await WaitForLinesAsync(_errors, 1, l => l.Contains(part, StringComparison.Ordinal)))[0];

    public async Task<string> WaitForOutputAsync(string part) =>
        (await WaitForLinesAsync(_output, 1, l => l.Contains(part, StringComparison.Ordinal)))[0];

    /// <summary>Waits for the end, with everything written.</summary>
    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync().OrFail();
        return _process.ExitCode;
    }

    public void Terminate() => Assert.Equal(0, Kill(_process.Id, Sigterm));

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync().OrFail();
        _process.Dispose();
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int processId, int signal);

    private void Note(List<string> lines, string? line)
    {
        lock (_lock)
        {
            if (line is null)
            {
                _open--;
            }
            else
            {
                lines.Add(line);
            }

            _waiters.Changed();
        }
    }

    private async Task<string[]> WaitForLinesAsync(List<string> lines, int count, Func<string, bool> isWanted)
    {
        Task waiting;
        lock (_lock)
        {
            waiting = _waiters.WaitAsync(() => _open == 0 || lines.Count(isWanted) >= count);
        }

        await waiting.OrFail();
        lock (_lock)
        {
            string[] wanted = [.. lines.Where(isWanted).Take(count)];
            Assert.True(wanted.Length == count, $"gost ended early: {string.Join('\n', _output.Concat(_errors))}");
            return wanted;
        }
    }

    private string Text(List<string> lines)
    {
        lock (_lock)
        {
            return string.Join('\n', lines);
        }
    }
}
