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
    /// <param name="environment">What is different in its environment.</param>
    /// <param name="keepsInput">Whether its input stays open, for <see cref="SendAsync"/>.</param>
    public ProgramRun(
        string file,
        IEnumerable<string> arguments,
        string? directory = null,
        IReadOnlyDictionary<string, string>? environment = null,
        bool keepsInput = false)
    {
        ProcessStartInfo start = new(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? "",
        };
        start.Environment["LC_ALL"] = "C"; // readiness and errors are told by their English words
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        if (!keepsInput)
        {
            _process.StandardInput.Close();
        }

        _reading = Task.WhenAll(ReadAsync(_process.StandardOutput), ReadAsync(_process.StandardError));
        Exited = _process.WaitForExitAsync();
    }

    public int Id => _process.Id;

    /// <summary>How it ended.</summary>
    public int ExitCode => _process.ExitCode;

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
        return await run.EndedAsync();
    }

    /// <summary>Waits for its end, and for all that it has printed.</summary>
    public async Task<(int ExitCode, string Output)> EndedAsync()
    {
        await Exited.OrFail();
        await _reading.OrFail();
        return (ExitCode, Output);
    }

    /// <summary>Writes to its input.</summary>
    public async Task SendAsync(byte[] input)
    {
        await _process.StandardInput.BaseStream.WriteAsync(input);
        await _process.StandardInput.BaseStream.FlushAsync();
    }

    /// <summary>Ends its input.</summary>
    public void EndInput() => _process.StandardInput.Close();

    /// <summary>Waits until somebody listens on a port that it is to open.</summary>
    /// <param name="port">The port.</param>
    /// <param name="processId">Who is to listen; the program itself if it is <see langword="null"/>.</param>
    /// <exception cref="InvalidOperationException">It ended instead.</exception>
    public async Task ListensAsync(int port, int? processId = null)
    {
        await OpenedOrEndedAsync().OrFail();
        if (Exited.IsCompleted)
        {
            (int exitCode, string output) = await EndedAsync();
            throw new InvalidOperationException($"It ended with {exitCode}:\n{output}");
        }

        async Task OpenedOrEndedAsync()
        {
            while (!ListeningSockets.Has(processId ?? Id, port) && !Exited.IsCompleted)
            {
                await Task.Yield();
            }
        }
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
