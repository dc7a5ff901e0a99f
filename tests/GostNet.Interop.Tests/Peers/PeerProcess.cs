using System.Net;
using System.Net.Sockets;
using GostNet.Tests.Shared;

namespace GostNet.Interop.Tests.Peers;

/// <summary>A real server: started with files of its own in a fresh directory, ready to be talked to, ended when it is disposed.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    /// <summary>Most of these programs take no port 0, and another program may take the port that was free a moment ago.</summary>
    private const int Attempts = 5;

    private readonly ProgramRun _run;
    private readonly DirectoryInfo _directory;
    private readonly IAsyncDisposable? _server;

    private PeerProcess(ProgramRun run, DirectoryInfo directory, int port, IAsyncDisposable? server)
    {
        _run = run;
        _directory = directory;
        _server = server;
        Port = port;
    }

    /// <summary>Where it listens, on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The same as text, <c>host:port</c>.</summary>
    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Starts a server and waits until it listens.</summary>
    /// <param name="program">Its name.</param>
    /// <param name="prepare">Writes its files into the directory, and tells the arguments that make it listen on the port.</param>
    /// <param name="readyText">What it prints once it listens; <see langword="null"/> for a program that prints nothing.</param>
    /// <param name="server">The server that it is a client of, if it is one. It is disposed after the client.</param>
    public static async Task<PeerProcess> StartAsync(
        string program, Func<string, int, IEnumerable<string>> prepare, string? readyText, IAsyncDisposable? server = null)
    {
        for (int attempt = 1; ; attempt++)
        {
            string file = PeerProgram.Find(program);
            DirectoryInfo directory = Directory.CreateTempSubdirectory("gostnet-");
            int port = FindFreePort();
            ProgramRun run = new(file, prepare(directory.FullName, port), directory.FullName);
            PeerProcess peer = new(run, directory, port, server);
            if (await peer.IsReadyAsync(readyText))
            {
                return peer;
            }

            bool ended = run.Exited.IsCompleted;
            await peer.EndAsync();
            if (!ended || attempt == Attempts)
            {
                throw new InvalidOperationException(
                    $"{program} does not listen, {(ended ? "and ended" : "but runs on")}. It printed:\n{run.Output}");
            }
        }
    }

    /// <summary>Completes once it has printed this text.</summary>
    public Task PrintedAsync(string text) => _run.PrintedAsync(text);

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    private async Task EndAsync()
    {
        await _run.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private static int FindFreePort()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Waits until it listens.</summary>
    /// <returns><see langword="false"/> if it ended instead, or did not in time.</returns>
    private async Task<bool> IsReadyAsync(string? readyText)
    {
        Task ready = readyText is null ? ListensOrEndsAsync() : _run.PrintedAsync(readyText);
        try
        {
            return await Task.WhenAny(_run.Exited, ready).OrFail() == ready && !_run.Exited.IsCompleted;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task ListensOrEndsAsync()
    {
        while (!ListeningSockets.Has(_run.Id, Port) && !_run.Exited.IsCompleted)
        {
            await Task.Yield();
        }
    }
}
