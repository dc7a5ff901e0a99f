using System.Diagnostics;
using System.Text;
using GostNet.Tests.Shared;

namespace GostNet.Interop.Tests.Peers;

/// <summary>One run of a program, with all that it prints. It is ended, with its children, when it is disposed.</summary>
internal sealed class ProgramRun : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Lock _gate = new();
    private readonly StringBuilder _output = new();
    private readonly StateWaiters _waiters = new();
    private readonly Task _reading;

    /// <summary>Starts it.</summary>
    /// <param name="file">The program's path.</param>
    /// <param name="arguments">What it is told.</param>
    /// <param name="directory">Where it works, if that is not where the tests do.</param>
    public ProgramRun(string file, IEnumerable<string> arguments, string? directory = null)
    {
        ProcessStartInfo start = new(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? "",
        };
        start.Environment["LC_ALL"] = "C"; // readiness and errors are told by their English words
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _reading = Task.WhenAll(ReadAsync(_process.StandardOutput), ReadAsync(_process.StandardError));
        Exited = _process.WaitForExitAsync();
    }

    public int Id => _process.Id;

    /// <summary>Completes when the program has ended.</summary>
    public Task Exited { get; }

    /// <summary>What it has printed so far, on both outputs.</summary>
    public string Output
    {
        get
        {
            lock (_gate)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">Its exit code was not 0.</exception>
    public static async Task<string> ToEndAsync(string program, params string[] arguments)
    {
        (int exitCode, string output) = await RunAsync(program, arguments);
        return exitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {exitCode}:\n{output}");
    }

    /// <summary>Runs a program to its end, whatever that is.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        await using ProgramRun run = new(PeerProgram.Find(program), arguments);
        await run.Exited.OrFail();
        await run._reading.OrFail();
        return (run._process.ExitCode, run.Output);
    }

    /// <summary>Completes once this text was printed.</summary>
    public Task PrintedAsync(string text)
    {
        lock (_gate)
        {
            return _waiters.WaitAsync(() => _output.ToString().Contains(text, StringComparison.Ordinal));
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await Exited.OrFail();
        await _reading.OrFail();
        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_gate)
            {
                _output.AppendLine(line);
                _waiters.Changed();
            }
        }
    }
}
